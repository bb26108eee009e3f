//! The part `kernel` of `cargo xtask nightly`: tests of control groups where the kernel has every controller.
//!
//! The machine that runs the tests often has none to give: containers and hybrid hierarchies keep memory and
//! processors to themselves. So Debian's kernel is booted in QEMU with this machine's files below a writable layer in
//! memory, and the tests that say `not run: needs the controllers` run in there. It is emulated, which is slow: KVM within
//! another virtual machine is there and does not work often enough. So it is these tests alone.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::{apt, cargo};

/// Tests that need controllers, by parts of their names.
const TESTS: [&str; 3] = ["group_limits", "for_want_of_memory", "x55_"];
/// What a test prints that has found no controllers.
const NOT_RUN: &str = "not run: needs the";
/// The modules between the kernel and the files of this machine, in the order in which they need each other.
const MODULES: [&str; 11] = [
    "drivers/virtio/virtio_ring",
    "drivers/virtio/virtio",
    "drivers/virtio/virtio_pci_modern_dev",
    "drivers/virtio/virtio_pci_legacy_dev",
    "drivers/virtio/virtio_pci",
    "net/9p/9pnet",
    "net/9p/9pnet_virtio",
    "fs/netfs/netfs",
    "fs/fscache/fscache",
    "fs/9p/9p",
    "fs/overlayfs/overlay",
];
/// What busybox is called by in the first file system.
const COMMANDS: [&str; 7] = [
    "sh", "mount", "insmod", "mkdir", "cat", "chroot", "poweroff",
];
const BUSYBOX: &str = "/bin/busybox";
/// What the machine prints last, before the exit status of the tests.
const ENDED: &str = "tests ended with status ";
/// An emulated machine is slow; one that hangs is ended.
const PATIENCE: &str = "1800";

/// The first process of the machine: mounts, and runs the command with this machine's files as the root.
const INIT: &str = r"#!/bin/sh
export PATH=/bin
mount -t devtmpfs dev /dev
for module in /modules/*; do insmod $module || echo cannot load $module; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose host /host
mount -t tmpfs -o size=1500m layer /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup
mount -t devtmpfs dev /root/dev
mkdir -p /root/dev/shm /root/dev/pts
mount -t tmpfs shm /root/dev/shm
mount -t devpts pts /root/dev/pts
mount -t tmpfs tmp /root/tmp
mount -t tmpfs run /root/run
cat /command >/root/run/command
chroot /root /bin/sh /run/command
poweroff -f
";

/// Runs the tests.
pub(crate) fn run(root: &Path) -> Result<()> {
    apt::require_program("qemu-system-x86_64", &["qemu-system-x86"])?;
    apt::require_file(BUSYBOX, &["busybox-static"])?;
    apt::require_program("cpio", &["cpio"])?;
    let folder = root.join("target/kernel");
    let kernel = unpacked(&folder)?;
    cargo::run(root, &["build", "--package", "relance-testkit", "--bins"])?;
    let tests = test_program(root)?;
    let disk = first_files(&folder, &kernel, &command(root, &tests))?;
    let printed = boot(&kernel.join(image(&kernel)?), &disk)?;
    let status = printed
        .lines()
        .find_map(|line| line.trim().strip_prefix(ENDED));
    match status {
        Some("0") if printed.contains(NOT_RUN) => {
            bail!("a test found no controllers (\"{NOT_RUN}\"), although the kernel has all")
        }
        Some("0") => Ok(()),
        Some(status) => bail!("{ENDED}{status}, above is what they printed"),
        None => bail!("the machine has not come to the end of the tests in {PATIENCE} s"),
    }
}

/// The package of the kernel unpacked into a folder, downloaded once.
fn unpacked(folder: &Path) -> Result<PathBuf> {
    let kernel = folder.join("unpacked");
    if !kernel.join("boot").exists() {
        let package = apt::download(&package()?, &folder.join("package"))?;
        apt::unpack(&package, &kernel)?;
    }
    Ok(kernel)
}

/// The package that `linux-image-amd64` stands for now.
fn package() -> Result<String> {
    let mut asked = Command::new("apt-cache");
    let said = cargo::output(asked.args(["depends", "linux-image-amd64"]))?;
    let name = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("Depends: "));
    let name = name.context("apt knows no linux-image-amd64: this part needs Debian on x86_64")?;
    Ok(name.to_owned())
}

/// The only entry of a folder that begins like this.
fn entry(folder: &Path, beginning: &str) -> Result<String> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(beginning) {
            return Ok(name);
        }
    }
    bail!("{} has no {beginning}*", folder.display())
}

fn image(kernel: &Path) -> Result<PathBuf> {
    Ok(Path::new("boot").join(entry(&kernel.join("boot"), "vmlinuz-")?))
}

/// The program of the integration tests, built if it is not.
fn test_program(root: &Path) -> Result<PathBuf> {
    let mut build = Command::new("cargo");
    build.current_dir(root).stderr(Stdio::inherit());
    build.args(["test", "--package", "relance", "--test", "it", "--no-run"]);
    let messages = cargo::output(build.arg("--message-format=json"))?;
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_it = message["target"]["name"] == "it";
        let program = message["executable"].as_str().filter(|_| is_it)?;
        Some(PathBuf::from(program))
    });
    programs
        .next_back()
        .context("Cargo names no program of the tests")
}

/// What runs in the machine.
fn command(root: &Path, tests: &Path) -> String {
    let mut command = String::new();
    let crate_folder = root.join("crates/relance");
    // What the tests start is built: there is no Cargo in there.
    let _ = writeln!(
        command,
        "export PATH=/usr/sbin:/usr/bin:/sbin:/bin CARGO=/bin/true HOME=/root"
    );
    let _ = writeln!(command, "cd '{}'", crate_folder.display());
    let tests = tests.display();
    let _ = writeln!(
        command,
        "'{tests}' --test-threads 2 --nocapture {} 2>&1",
        TESTS.join(" ")
    );
    let _ = writeln!(command, "echo \"{ENDED}$?\"");
    command
}

/// The first file system: busybox, the modules and what to run.
fn first_files(folder: &Path, kernel: &Path, command: &str) -> Result<PathBuf> {
    let files = folder.join("files");
    if files.exists() {
        fs::remove_dir_all(&files)?;
    }
    for name in ["bin", "modules", "host", "layer", "root", "proc", "dev"] {
        fs::create_dir_all(files.join(name))?;
    }
    fs::copy(BUSYBOX, files.join("bin/busybox"))?;
    for name in COMMANDS {
        symlink("busybox", files.join("bin").join(name))?;
    }
    let modules = kernel.join("lib/modules");
    let modules = modules.join(entry(&modules, "")?).join("kernel");
    for (number, module) in MODULES.iter().enumerate() {
        let name = module.rsplit('/').next().unwrap_or(module);
        let from = modules.join(format!("{module}.ko"));
        let to = files.join(format!("modules/{number:02}-{name}.ko"));
        fs::copy(&from, to).with_context(|| format!("copying {}", from.display()))?;
    }
    fs::write(files.join("command"), command)?;
    let init = files.join("init");
    fs::write(&init, INIT)?;
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755))?;
    let disk = folder.join("files.cpio");
    let mut pack = Command::new("sh");
    let pack = pack.args(["-c", "find . | cpio --quiet -o -H newc >\"$0\""]);
    apt::run(pack.arg(&disk).current_dir(&files))?;
    Ok(disk)
}

/// Boots the machine and waits for its end; what it printed, which is shown as well.
fn boot(image: &Path, disk: &Path) -> Result<String> {
    let mut machine = Command::new("timeout");
    machine.args([PATIENCE, "qemu-system-x86_64"]);
    machine.args(["-accel", "tcg,thread=multi"]);
    machine.args(["-cpu", "max", "-smp", "2", "-m", "3072"]);
    machine.args(["-nographic", "-no-reboot", "-nic", "none"]);
    machine.arg("-kernel").arg(image).arg("-initrd").arg(disk);
    machine.args(["-append", "console=ttyS0 quiet panic=-1"]);
    let files = "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap";
    let output = machine
        .args(["-virtfs", files])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    eprintln!("{printed}");
    ensure!(output.status.success(), "QEMU ended with {}", output.status);
    Ok(printed)
}
