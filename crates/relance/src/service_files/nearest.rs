//! Which key was meant by an unknown one.

/// The key that is spelled most like this one, if one is near.
pub(super) fn nearest<'a>(key: &str, keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let key = key.to_lowercase().replace('-', "_");
    let near = keys.map(|known| {
        let part = known.starts_with(&key) || known.trim_end_matches("_ms") == key;
        (if part { 0 } else { distance(&key, known) }, known)
    });
    let near = near.filter(|(distance, known)| *distance <= known.len().min(key.len()) / 3);
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters differ.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let least = (diagonal + usize::from(a != *b))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], least);
        }
    }
    row[b.len()]
}
