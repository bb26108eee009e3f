//! The macro of the table in `extensions`: a constant for each row, and all rows in their order.

macro_rules! extensions {
    ($($(#[$about:meta])* $name:ident: $type:ty = $setting:expr;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions, named as the keys")]
        enum Position { $($name),+ }

        $($(#[$about])* pub const $name: Key<$type> = Key::new(Position::$name as usize);)+

        /// All settings that Windows does not have, in the order in which people are shown them.
        pub static EXTENSIONS: &[Setting] = &[$($setting),+];
    };
}
