//! Controllers of control groups: what the kernel can count and limit for a run as a whole (X53). A row of
//! the table says which one its setting needs; not every machine has all of them, and not every manager may
//! use them.

/// A controller of control groups (v2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Controller {
    /// `memory`
    Memory,
    /// `cpu`
    Cpu,
    /// `pids`
    Pids,
    /// `io`
    Io,
}

impl Controller {
    /// All that a setting needs.
    pub const ALL: [Self; 4] = [Self::Memory, Self::Cpu, Self::Pids, Self::Io];

    /// The kernel's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Pids => "pids",
            Self::Io => "io",
        }
    }
}

/// A set of controllers: those that runs of a manager have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Controllers(u8);

impl Controllers {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All that a setting needs.
    pub const ALL: Self = Self(0b1111);

    /// Whether a controller is among them.
    #[must_use]
    pub const fn has(self, controller: Controller) -> bool {
        self.0 & (1 << controller as u8) != 0
    }

    /// Adds one.
    #[must_use]
    pub const fn with(self, controller: Controller) -> Self {
        Self(self.0 | 1 << controller as u8)
    }

    /// Those with these names; unknown names are ignored.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::NONE, |set, name| {
            let known = Controller::ALL
                .into_iter()
                .find(|known| known.name() == name);
            known.map_or(set, |known| set.with(known))
        })
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = Controller::ALL.into_iter();
        all.filter(move |controller| self.has(*controller))
            .map(Controller::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let set = Controllers::named(["pids", "hugetlb", "memory"]);
        assert_eq!(set.names().collect::<Vec<_>>(), ["memory", "pids"]);
        assert_eq!(
            Controllers::named(Controllers::ALL.names()),
            Controllers::ALL
        );
    }
}
