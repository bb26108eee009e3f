//! What the guardian does with the control groups of runs, where it has any.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::event::epoll;

use super::super::cgroup::{Group, Tree};
use super::super::process::{kill_group, log};
use super::super::spawn::{SpawnError, SpawnSpec, SpawnStage};
use super::{Guardian, Run, TOKEN_GROUPS};

impl Guardian {
    /// Once, at the start; without groups the daemon works all the same.
    pub(super) fn set_up_groups(&mut self) -> io::Result<()> {
        let Some(names) = &self.setup.cgroups else {
            return Ok(());
        };
        let spawner = &mut self.spawner;
        match Tree::set_up(names, |group| spawner.try_group(group)) {
            Ok(tree) => {
                if !tree.counts_memory() {
                    log(
                        "control groups have no memory controller here, so it is not told when the \
                         kernel kills a process because memory ran out",
                    );
                }
                let data = epoll::EventData::new_u64(TOKEN_GROUPS);
                epoll::add(&self.epoll, tree.changes(), data, epoll::EventFlags::IN)?;
                self.groups = Some(tree);
            }
            Err(why) => log(&format!(
                "services run without control groups, so what leaves its session outlives its \
                 service: {why}"
            )),
        }
        Ok(())
    }

    /// A group for the next run. A service starts without one if it cannot be made.
    pub(super) fn take_group(&mut self) -> Option<(Group, OwnedFd)> {
        let group = self.groups.as_mut()?.take();
        group
            .inspect_err(|error| log(&format!("a run gets no control group: {error}")))
            .ok()
    }

    /// Limits what a run may use that is about to start in a group.
    pub(super) fn limit_group(
        &self,
        group: Option<Group>,
        spec: &SpawnSpec,
    ) -> Result<(), SpawnError> {
        match (&self.groups, group) {
            (Some(tree), Some(group)) if !spec.group_limits.is_nothing() => tree
                .limit(group, &spec.group_limits)
                .map_err(|error| SpawnError::at(SpawnStage::ControlGroup, &error)),
            _ => Ok(()),
        }
    }

    pub(super) fn release_group(&mut self, group: Option<Group>) {
        if let (Some(tree), Some(group)) = (&mut self.groups, group) {
            tree.release(group);
        }
    }

    /// Kills all of a run whose process exists, if only as a zombie: its process group, and its
    /// control group, which nothing has left.
    pub(super) fn kill_tree(&self, run: &Run) {
        match (&run.rest, &run.adopted) {
            (Some(rest), _) => return rest.kill(),
            (None, Some(adopted)) => adopted.kill_process_group(),
            (None, None) => kill_group(run.pid),
        }
        self.kill_control_group(run);
    }

    /// Kills all that is in the control group of a run.
    pub(super) fn kill_control_group(&self, run: &Run) {
        if let (Some(tree), Some(group)) = (&self.groups, run.group) {
            tree.kill(group);
        } else if let Some(adopted) = &run.adopted {
            adopted.kill_control_group();
        }
    }

    /// The same, for a run whose end no guardian has seen: what is left of it is named.
    pub(super) fn end_leftovers(&self, run: &Run) {
        if let (Some(tree), Some(group)) = (&self.groups, run.group) {
            tree.end_leftovers(group);
        }
    }

    /// The folder of a run's control group, if it has one.
    pub(super) fn group_folder(&self, run: &Run) -> Option<PathBuf> {
        if let (Some(tree), Some(group)) = (&self.groups, run.group) {
            return Some(tree.path(group));
        }
        run.adopted.as_ref()?.group.clone()
    }

    pub(super) fn memory_kills(&self, run: &Run) -> u32 {
        match (&self.groups, run.group) {
            (Some(tree), Some(group)) => tree.memory_kills(group),
            _ => 0,
        }
    }

    /// How many processes are in the control group of a run beside its own.
    pub(super) fn others_in_group(&self, run: &Run) -> u32 {
        match (&self.groups, run.group) {
            (Some(tree), Some(group)) => tree.others(group, run.pid),
            _ => 0,
        }
    }

    /// The folder of a process's control group, if there are groups.
    pub(super) fn group_of(&self, pid: u32) -> io::Result<Option<PathBuf>> {
        match &self.groups {
            Some(tree) => tree.location().group_of(pid),
            None => Ok(None),
        }
    }

    /// Which group of the tree a folder is.
    pub(super) fn group_at(&self, folder: &Path) -> Option<Group> {
        self.groups.as_ref()?.group_at(folder)
    }

    pub(super) fn has_group(&self, group: Group) -> bool {
        self.groups.as_ref().is_some_and(|tree| tree.has(group))
    }

    pub(super) fn groups_changed(&self) {
        if let Some(tree) = &self.groups {
            tree.changed();
        }
    }

    /// In each turn of the loop, before it waits.
    pub(super) fn tidy_groups(&mut self) {
        if let Some(tree) = &mut self.groups {
            tree.tidy();
        }
    }

    pub(super) fn close_groups(&mut self) {
        if let Some(tree) = self.groups.take() {
            tree.close();
        }
    }
}
