//! The time stamps of lines of output, as `--log-timestamps` writes them.

/// How long one is.
const STAMP_LEN: usize = "2026-11-28T09:30:00.123Z".len();

/// The time stamp at the beginning of a line.
#[must_use]
pub fn stamp_of(line: &[u8]) -> Option<&[u8]> {
    let (stamp, rest) = line.split_at_checked(STAMP_LEN)?;
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        form => byte == form,
    };
    let is_stamp = stamp.iter().zip(b"0000-00-00T00:00:00.000Z").all(fits);
    (is_stamp && rest.first() == Some(&b' ')).then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_stamp_with_a_blank_behind_it_is_one() {
        let stamp = stamp_of(b"2026-11-28T09:30:00.123Z order 17");
        assert_eq!(stamp, Some(&b"2026-11-28T09:30:00.123Z"[..]));
        for line in [
            &b"2026-11-28T09:30:00.123Zorder"[..],
            b"2026-11-28T09:30:00Z order 17 and more",
            b"2026-11-28T09:30:00.123Z",
            b"",
        ] {
            assert_eq!(stamp_of(line), None);
        }
    }
}
