//! `REG_MULTI_SZ`: texts one after the other, each ended by a zero, the list by one more.

/// The list as UTF-16 units. Empty texts would end the list and are left out.
pub(crate) fn encode<S: AsRef<str>>(list: &[S]) -> Vec<u16> {
    let mut units = Vec::new();
    for text in list
        .iter()
        .map(AsRef::as_ref)
        .filter(|text| !text.is_empty())
    {
        units.extend(text.encode_utf16());
        units.push(0);
    }
    if units.is_empty() {
        units.push(0);
    }
    units.push(0);
    units
}

/// The list of UTF-16 units; what lacks its zeros ends where the units do (B50).
pub(crate) fn decode(units: &[u16]) -> Vec<String> {
    units
        .split(|unit| *unit == 0)
        .take_while(|text| !text.is_empty())
        .map(String::from_utf16_lossy)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back() {
        for list in [&["A=1", "É=ü 漢"][..], &["one"], &[]] {
            assert_eq!(decode(&encode(list)), list);
        }
        assert_eq!(encode(&["A"]), [65, 0, 0]);
        assert_eq!(encode::<&str>(&[]), [0, 0]);
    }

    #[test]
    fn b50_a_list_without_its_end_is_read_even_so() {
        assert_eq!(decode(&[65, 0, 66]), ["A", "B"]);
        assert_eq!(decode(&[]), Vec::<String>::new());
    }
}
