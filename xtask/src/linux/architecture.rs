//! The processors that we build for, and what each is called where.

use anyhow::{Context, Result};

/// A processor; on Linux, each has its archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    X86_64,
    Aarch64,
}

/// A library for C, in which systems with Linux differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Libc {
    /// Of most systems; ours is built against the version of Debian 10 and RHEL 8.
    Glibc,
    /// Of Alpine.
    Musl,
}

impl Architecture {
    const ALL: [Self; 2] = [Self::X86_64, Self::Aarch64];

    /// As `uname -m` and Rust have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    /// As Debian has it.
    pub(crate) fn debian(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }

    /// As PIE has it.
    pub(crate) fn pie(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "arm64",
        }
    }

    /// Rust's target.
    pub(crate) fn target(self, libc: Libc) -> String {
        let libc = match libc {
            Libc::Glibc => "gnu",
            Libc::Musl => "musl",
        };
        format!("{}-unknown-linux-{libc}", self.name())
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let known = Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|architecture| architecture.name() == name)
            .with_context(|| format!("nothing is built for {name:?}; there are {known}"))
    }

    pub(crate) fn of_this_machine() -> Result<Self> {
        Self::named(std::env::consts::ARCH)
    }
}

impl Libc {
    pub(crate) const ALL: [Self; 2] = [Self::Glibc, Self::Musl];

    /// In names of files, as PIE has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        }
    }
}
