//! The registry, below `HKEY_LOCAL_MACHINE` of this machine or another one.

use std::ptr::{null, null_mut};

use relance_scm::Win32Error;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_LOCAL_MACHINE, KEY_QUERY_VALUE, KEY_SET_VALUE, REG_DWORD, REG_EXPAND_SZ,
    REG_MULTI_SZ, REG_OPTION_NON_VOLATILE, REG_QWORD, REG_SZ, RegCloseKey, RegConnectRegistryW,
    RegCreateKeyExW, RegDeleteValueW, RegEnumValueW, RegOpenKeyExW, RegQueryValueExW,
    RegSetValueExW,
};

use super::buffer::Buffer;
use super::check_code;
use super::text::wide;
use crate::api::{RegistryValue, Result};
use crate::multi_string;

/// Longest name of a value, in characters, with the zero.
const NAME_LEN_MAX: usize = 16_384;

/// An open key; closed when it goes.
struct Key(HKEY);

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: opened here, closed once. The root of this machine needs no closing, and bears it.
        unsafe { RegCloseKey(self.0) };
    }
}

/// `HKEY_LOCAL_MACHINE` of a machine.
fn root(machine: &str) -> Result<Key> {
    if machine.is_empty() {
        return Ok(Key(HKEY_LOCAL_MACHINE));
    }
    let machine = wide(machine);
    let mut key = null_mut();
    // SAFETY: the name ends with a zero; the place for the key is there.
    check_code(unsafe { RegConnectRegistryW(machine.as_ptr(), HKEY_LOCAL_MACHINE, &raw mut key) })?;
    Ok(Key(key))
}

fn open(machine: &str, path: &str, access: u32) -> Result<Key> {
    let root = root(machine)?;
    let path = wide(path);
    let mut key = null_mut();
    // SAFETY: the path ends with a zero; the place for the key is there.
    check_code(unsafe { RegOpenKeyExW(root.0, path.as_ptr(), 0, access, &raw mut key) })?;
    Ok(Key(key))
}

fn create(machine: &str, path: &str) -> Result<Key> {
    let root = root(machine)?;
    let path = wide(path);
    let mut key = null_mut();
    // SAFETY: as in `open`; no class, no security of its own, no wish to know whether it is new.
    check_code(unsafe {
        RegCreateKeyExW(
            root.0,
            path.as_ptr(),
            0,
            null(),
            REG_OPTION_NON_VOLATILE,
            KEY_SET_VALUE,
            null(),
            &raw mut key,
            null_mut(),
        )
    })?;
    Ok(Key(key))
}

pub(crate) fn read(machine: &str, path: &str, value: &str) -> Result<RegistryValue> {
    let key = open(machine, path, KEY_QUERY_VALUE)?;
    let value = wide(value);
    let mut size = 4096;
    loop {
        let mut buffer = Buffer::new(size);
        let mut kind = 0;
        let mut length = buffer.size();
        // SAFETY: the buffer has the length that is said, which the call replaces.
        let code = unsafe {
            RegQueryValueExW(
                key.0,
                value.as_ptr(),
                null(),
                &raw mut kind,
                buffer.pointer(),
                &raw mut length,
            )
        };
        match check_code(code) {
            Ok(()) => {
                // SAFETY: so many bytes were written.
                let bytes: &[u8] =
                    unsafe { std::slice::from_raw_parts(buffer.pointer(), length as usize) };
                return decode(kind, bytes);
            }
            Err(Win32Error::MORE_DATA) => size = length.max(size) + 4096,
            Err(error) => return Err(error),
        }
    }
}

fn decode(kind: u32, bytes: &[u8]) -> Result<RegistryValue> {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    match (kind, bytes) {
        (REG_SZ | REG_EXPAND_SZ, _) => {
            let end = units.iter().position(|unit| *unit == 0);
            let text = &units[..end.unwrap_or(units.len())];
            Ok(RegistryValue::Text(String::from_utf16_lossy(text)))
        }
        (REG_MULTI_SZ, _) => Ok(RegistryValue::List(multi_string::decode(&units))),
        (REG_DWORD, &[a, b, c, d]) => Ok(RegistryValue::Number(u32::from_le_bytes([a, b, c, d]))),
        (REG_QWORD, _) => <[u8; 8]>::try_from(bytes)
            .map(|bytes| RegistryValue::LongNumber(u64::from_le_bytes(bytes)))
            .map_err(|_| Win32Error::INVALID_DATA),
        _ => Err(Win32Error::INVALID_DATA),
    }
}

pub(crate) fn write(machine: &str, path: &str, value: &str, data: &RegistryValue) -> Result<()> {
    let key = create(machine, path)?;
    let value = wide(value);
    let units = |units: Vec<u16>| units.into_iter().flat_map(u16::to_le_bytes).collect();
    let (kind, bytes): (u32, Vec<u8>) = match data {
        RegistryValue::Text(text) => (REG_SZ, units(wide(text))),
        RegistryValue::List(list) => (REG_MULTI_SZ, units(multi_string::encode(list))),
        RegistryValue::Number(number) => (REG_DWORD, number.to_le_bytes().into()),
        RegistryValue::LongNumber(number) => (REG_QWORD, number.to_le_bytes().into()),
    };
    let length = u32::try_from(bytes.len()).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    // SAFETY: the bytes are as many as is said, and texts among them end with a zero.
    check_code(unsafe { RegSetValueExW(key.0, value.as_ptr(), 0, kind, bytes.as_ptr(), length) })
}

/// Whether there was something to delete.
pub(crate) fn delete(machine: &str, path: &str, value: &str) -> Result<bool> {
    let key = match open(machine, path, KEY_SET_VALUE) {
        Err(Win32Error::FILE_NOT_FOUND) => return Ok(false),
        key => key?,
    };
    let value = wide(value);
    // SAFETY: the name ends with a zero.
    match check_code(unsafe { RegDeleteValueW(key.0, value.as_ptr()) }) {
        Ok(()) => Ok(true),
        Err(Win32Error::FILE_NOT_FOUND) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The names of the values of a key, none of one that is not there.
pub(crate) fn value_names(machine: &str, path: &str) -> Result<Vec<String>> {
    let key = match open(machine, path, KEY_QUERY_VALUE) {
        Err(Win32Error::FILE_NOT_FOUND) => return Ok(Vec::new()),
        key => key?,
    };
    let mut names = Vec::new();
    let mut name = vec![0_u16; NAME_LEN_MAX];
    loop {
        let mut length = u32::try_from(name.len()).expect("fits");
        let index = u32::try_from(names.len()).map_err(|_| Win32Error::MORE_DATA)?;
        // SAFETY: the buffer has the length that is said, which the call replaces; nothing else is
        // asked for.
        let code = unsafe {
            RegEnumValueW(
                key.0,
                index,
                name.as_mut_ptr(),
                &raw mut length,
                null(),
                null_mut(),
                null_mut(),
                null_mut(),
            )
        };
        match check_code(code) {
            Ok(()) => names.push(String::from_utf16_lossy(&name[..length as usize])),
            Err(Win32Error::NO_MORE_ITEMS) => return Ok(names),
            Err(error) => return Err(error),
        }
    }
}
