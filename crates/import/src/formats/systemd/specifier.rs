//! Specifiers of systemd: `%i`, `%n`, `%t`, `%%`.

/// What specifiers stand for in one unit.
pub(super) struct Names<'a> {
    /// Of the unit, as `worker@.service`.
    pub(super) unit: &'a str,
    /// Whether the service is an instance, so that `%i` is filled in at each start.
    pub(super) is_instance: bool,
    /// The account, if one is named.
    pub(super) user: &'a str,
}

impl Names<'_> {
    /// Fills specifiers in. Those that are known only on the old machine stay as they are, and are returned beside
    /// the text.
    pub(super) fn fill_in(&self, text: &str) -> (String, Vec<String>) {
        let mut filled = String::new();
        let mut unknown = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let letter = if c == '%' { rest.peek().copied() } else { None };
            let Some(letter) = letter else {
                filled.push(c);
                continue;
            };
            rest.next();
            let full = self.unit;
            let stem = full.rsplit_once('.').map_or(full, |(stem, _)| stem);
            let prefix = stem.split('@').next().unwrap_or(stem);
            match letter {
                '%' => {
                    // `%%i` is `%i` in both; `%` alone stands for itself with us.
                    let stays = self.is_instance && rest.peek() == Some(&'i');
                    filled.push_str(if stays { "%%" } else { "%" });
                }
                'i' | 'I' if self.is_instance => filled.push_str("%i"),
                'i' | 'I' => filled.push_str(stem.split_once('@').map_or("", |(_, name)| name)),
                'n' if self.is_instance => filled.push_str(&format!("{prefix}@%i.service")),
                'N' if self.is_instance => filled.push_str(&format!("{prefix}@%i")),
                'n' => filled.push_str(full),
                'N' => filled.push_str(stem),
                'p' | 'P' => filled.push_str(prefix),
                'j' | 'J' => filled.push_str(prefix.rsplit('-').next().unwrap_or(prefix)),
                't' => filled.push_str("/run"),
                'S' => filled.push_str("/var/lib"),
                'C' => filled.push_str("/var/cache"),
                'L' => filled.push_str("/var/log"),
                'E' => filled.push_str("/etc"),
                'T' => filled.push_str("/tmp"),
                'V' => filled.push_str("/var/tmp"),
                'u' if self.user.is_empty() => filled.push_str("root"),
                'u' => filled.push_str(self.user),
                'h' if self.user.is_empty() => filled.push_str("/root"),
                other => {
                    filled.extend(['%', other]);
                    unknown.push(format!("%{other}"));
                }
            }
        }
        (filled, unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_are_filled_in() {
        let names = |is_instance| Names {
            unit: if is_instance {
                "w@.service"
            } else {
                "my-app.service"
            },
            is_instance,
            user: "",
        };
        assert_eq!(
            names(true).fill_in("%i %n %%i %p 5%% é").0,
            "%i w@%i.service %%i w 5% é"
        );
        assert_eq!(
            names(false).fill_in("%n %t/x %j%").0,
            "my-app.service /run/x app%"
        );
        assert_eq!(names(false).fill_in("%H").1, ["%H"]);
        let one = Names {
            unit: "getty@tty1.service",
            is_instance: false,
            user: "",
        };
        assert_eq!(one.fill_in("%I %p %n").0, "tty1 getty getty@tty1.service");
    }
}
