//! Everything that differs between the PHP versions we know: one [`Layout`] for each module API
//! number.
//!
//! A new PHP version needs one more row here, with the numbers that a C compiler gives for its
//! headers. A PHP whose number has no row is refused, with [`known`] in the message and
//! [`ASSUME_API`] as the way to try it all the same.

/// Environment variable that makes the extension treat the running PHP as one of this module API
/// number, whatever it says of itself.
pub(crate) const ASSUME_API: &str = "RELANCE_PHP_ASSUME_API";

/// Where things lie in one PHP version; offsets and sizes in bytes, for 64-bit systems.
#[derive(Debug)]
pub(super) struct Layout {
    /// `ZEND_MODULE_API_NO`
    pub(super) api: u32,
    /// The version as people call it.
    pub(super) php: &'static str,
    /// Size of `zend_function_entry`: 8.4 added two pointers.
    pub(super) function_entry_size: usize,
    /// Offsets in `zend_class_entry`.
    pub(super) class_entry: ClassEntryLayout,
    /// Offsets in `zend_object_handlers`.
    pub(super) object_handlers: ObjectHandlersLayout,
    /// Class flags of `final readonly class`, beyond final: readonly and without dynamic properties
    /// exist since 8.2.
    pub(super) readonly_class: u32,
    /// Offset of `exit_status` in `zend_executor_globals`.
    pub(super) exit_status: usize,
}

/// Offsets in `zend_class_entry`.
#[derive(Debug)]
pub(super) struct ClassEntryLayout {
    /// Of the whole structure.
    pub(super) size: usize,
    /// Since 8.3; the engine expects it to be filled.
    pub(super) default_object_handlers: Option<usize>,
    pub(super) create_object: usize,
    pub(super) builtin_functions: usize,
}

/// Offsets in `zend_object_handlers`; `offset`, `free_obj` and `clone_obj` never moved.
#[derive(Debug)]
pub(super) struct ObjectHandlersLayout {
    /// Of the whole structure.
    pub(super) size: usize,
    /// Since 8.5.
    pub(super) clone_with: Option<usize>,
    pub(super) compare: usize,
}

const NO_DYNAMIC_PROPERTIES: u32 = 1 << 13;
const READONLY_CLASS: u32 = 1 << 16;

/// Behind the first members: two values, a cache of 32 symbol tables, two pointers, two tables, one pointer, and
/// `error_reporting`.
const EXIT_STATUS_UNTIL_8_4: usize = 2 * 16 + 32 * 8 + 2 * 8 + 2 * 56 + 8 + 4;

const HANDLERS_UNTIL_8_4: ObjectHandlersLayout = ObjectHandlersLayout {
    size: 200,
    clone_with: None,
    compare: 184,
};

static LAYOUTS: [Layout; 5] = [
    Layout {
        api: 20_210_902,
        php: "8.1",
        function_entry_size: 32,
        class_entry: ClassEntryLayout {
            size: 496,
            default_object_handlers: None,
            create_object: 368,
            builtin_functions: 472,
        },
        object_handlers: HANDLERS_UNTIL_8_4,
        readonly_class: 0,
        exit_status: EXIT_STATUS_UNTIL_8_4,
    },
    Layout {
        api: 20_220_829,
        php: "8.2",
        function_entry_size: 32,
        class_entry: ClassEntryLayout {
            size: 504,
            default_object_handlers: None,
            create_object: 376,
            builtin_functions: 480,
        },
        object_handlers: HANDLERS_UNTIL_8_4,
        readonly_class: READONLY_CLASS | NO_DYNAMIC_PROPERTIES,
        exit_status: EXIT_STATUS_UNTIL_8_4,
    },
    Layout {
        api: 20_230_831,
        php: "8.3",
        function_entry_size: 32,
        class_entry: ClassEntryLayout {
            size: 512,
            default_object_handlers: Some(360),
            create_object: 384,
            builtin_functions: 488,
        },
        object_handlers: HANDLERS_UNTIL_8_4,
        readonly_class: READONLY_CLASS | NO_DYNAMIC_PROPERTIES,
        exit_status: EXIT_STATUS_UNTIL_8_4,
    },
    Layout {
        api: 20_240_924,
        php: "8.4",
        function_entry_size: 48,
        class_entry: ClassEntryLayout {
            size: 520,
            default_object_handlers: Some(360),
            create_object: 384,
            builtin_functions: 504,
        },
        object_handlers: HANDLERS_UNTIL_8_4,
        readonly_class: READONLY_CLASS | NO_DYNAMIC_PROPERTIES,
        exit_status: EXIT_STATUS_UNTIL_8_4,
    },
    Layout {
        api: 20_250_925,
        php: "8.5",
        function_entry_size: 48,
        class_entry: ClassEntryLayout {
            size: 520,
            default_object_handlers: Some(360),
            create_object: 384,
            builtin_functions: 504,
        },
        object_handlers: ObjectHandlersLayout {
            size: 208,
            clone_with: Some(32),
            compare: 192,
        },
        readonly_class: READONLY_CLASS | NO_DYNAMIC_PROPERTIES,
        // Two more members, a flag and a value, stand before it.
        exit_status: EXIT_STATUS_UNTIL_8_4 - 4 + 8 + 16,
    },
];

/// The layout for a module API number.
pub(super) fn layout(api: u32) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.api == api)
}

/// The layout of the newest version: the best guess for a newer one.
pub(super) fn newest() -> &'static Layout {
    LAYOUTS.last().expect("the table has rows")
}

/// All rows for a message: `20210902 (PHP 8.1), 20220829 (PHP 8.2), ...`.
pub(super) fn known() -> String {
    let rows: Vec<String> = LAYOUTS
        .iter()
        .map(|layout| format!("{} (PHP {})", layout.api, layout.php))
        .collect();
    rows.join(", ")
}

/// Largest `zend_class_entry` and `zend_object_handlers` of any row.
pub(super) const CLASS_ENTRY_SIZE_MAX: usize = 520;
pub(super) const OBJECT_HANDLERS_SIZE_MAX: usize = 208;

const _: () = {
    let mut i = 0;
    while i < LAYOUTS.len() {
        let layout = &LAYOUTS[i];
        assert!(i == 0 || LAYOUTS[i - 1].api < layout.api);
        assert!(layout.class_entry.size <= CLASS_ENTRY_SIZE_MAX);
        assert!(layout.class_entry.create_object < layout.class_entry.builtin_functions);
        assert!(layout.class_entry.builtin_functions < layout.class_entry.size);
        assert!(layout.object_handlers.size <= OBJECT_HANDLERS_SIZE_MAX);
        assert!(layout.object_handlers.compare < layout.object_handlers.size);
        assert!(layout.function_entry_size >= size_of::<super::abi::FunctionEntry>());
        i += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_known_numbers_have_a_layout() {
        for (api, php) in [
            (20_210_902, "8.1"),
            (20_220_829, "8.2"),
            (20_230_831, "8.3"),
            (20_240_924, "8.4"),
            (20_250_925, "8.5"),
        ] {
            assert_eq!(layout(api).map(|layout| layout.php), Some(php));
        }
    }

    #[test]
    fn an_unknown_number_has_none() {
        assert!(layout(20_260_924).is_none());
        assert!(known().starts_with("20210902 (PHP 8.1), "));
        assert_eq!(newest().php, "8.5");
    }
}
