//! A COFF object file that holds one resource, so that a linker puts it into a program or library
//! without a resource compiler.
//!
//! The section `.rsrc` begins with three nested directories (type, name, language) of one entry
//! each, then a data entry, whose address the linker fills in (a relocation), then the data.

/// `RT_MESSAGETABLE`
const MESSAGE_TABLE: u32 = 11;
/// `IMAGE_FILE_MACHINE_AMD64`
const AMD64: u16 = 0x8664;
/// `IMAGE_REL_AMD64_ADDR32NB`: an address relative to where the program is loaded.
const RELATIVE_ADDRESS: u16 = 3;
/// Initialised data, aligned to four bytes, readable and writable, as resource compilers write it.
const SECTION_FLAGS: u32 = 0xC030_0040;

const FILE_HEADER: u32 = 20;
const SECTION_HEADER: u32 = 40;
const DIRECTORY: u32 = 24;
const DATA_ENTRY: u32 = 16;
const DATA_AT: u32 = 3 * DIRECTORY + DATA_ENTRY;
/// In an entry of a directory: it leads to another directory.
const IS_DIRECTORY: u32 = 1 << 31;

/// Writes the object file with our own sentences into the folder of a build script; its path, for the
/// linker.
///
/// # Errors
/// When it cannot be written, or this is not a build script.
pub fn for_build_script() -> std::io::Result<std::path::PathBuf> {
    let folder = std::env::var_os("OUT_DIR").ok_or(std::io::ErrorKind::NotFound)?;
    let path = std::path::Path::new(&folder).join("messages.o");
    std::fs::write(
        &path,
        with_message_table(&crate::message_table::message_table()),
    )?;
    Ok(path)
}

/// An object file for x64 with this message table as resource 1, for every language.
///
/// # Panics
/// If the table has more than four gigabytes.
#[must_use]
pub(crate) fn with_message_table(table: &[u8]) -> Vec<u8> {
    let section = section(table);
    let length = u32::try_from(section.len()).expect("a table of some kilobytes");
    let data_at = FILE_HEADER + SECTION_HEADER;
    let relocation_at = data_at + length;
    let symbols_at = relocation_at + 10;

    let mut file = Writer::default();
    // The header of the file: one section, one symbol, no optional header, no flags.
    file.u16(AMD64)
        .u16(1)
        .u32(0)
        .u32(symbols_at)
        .u32(1)
        .u16(0)
        .u16(0);
    // The header of the section: one relocation.
    file.bytes(b".rsrc\0\0\0")
        .u32(0)
        .u32(0)
        .u32(length)
        .u32(data_at);
    file.u32(relocation_at)
        .u32(0)
        .u16(1)
        .u16(0)
        .u32(SECTION_FLAGS);
    file.bytes(&section);
    // The relocation: the data entry's address, against symbol 0.
    file.u32(3 * DIRECTORY).u32(0).u16(RELATIVE_ADDRESS);
    // The symbol: the section itself, of static class; and an empty table of long names.
    file.bytes(b".rsrc\0\0\0").u32(0).u16(1).u16(0).u8(3).u8(0);
    file.u32(4);
    file.0
}

fn section(table: &[u8]) -> Vec<u8> {
    let mut section = Writer::default();
    directory(&mut section, MESSAGE_TABLE, DIRECTORY | IS_DIRECTORY);
    directory(&mut section, 1, (2 * DIRECTORY) | IS_DIRECTORY);
    directory(&mut section, 0, 3 * DIRECTORY);
    let length = u32::try_from(table.len()).expect("a table of some kilobytes");
    section.u32(DATA_AT).u32(length).u32(0).u32(0);
    section.bytes(table);
    while section.0.len() % 4 != 0 {
        section.u8(0);
    }
    section.0
}

/// A directory with one entry that has a number for a name.
fn directory(section: &mut Writer, number: u32, leads_to: u32) {
    section.u32(0).u32(0).u32(0).u16(0).u16(1);
    section.u32(number).u32(leads_to);
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_to_the_table() {
        let table = b"twelve bytes";
        let file = with_message_table(table);
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let section_at = word(20 + 20);
        // Type, name and language lead to the data entry, whose offset leads to the data.
        assert_eq!(word(section_at + 16), 11);
        let entry = section_at + 72;
        assert_eq!(word(section_at + 24 + 24 + 20), 72);
        let data = section_at + word(entry);
        assert_eq!(&file[data..data + word(entry + 4)], table);
        // The relocation names the data entry; the symbols come right behind it.
        let relocation = word(20 + 24);
        assert_eq!(word(relocation), 72);
        assert_eq!(word(8), relocation + 10);
        assert_eq!(file.len(), word(8) + 18 + 4);
    }
}
