//! An entry of a Windows event log, read from the XML in which Windows gives it (E1).

use relance_scm::ServiceState;
use relance_scm::event_log::Timestamp;
use roxmltree::{Document, Node};

/// The parts of an entry that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventXml {
    /// Counted by each log on its own.
    pub(crate) record: u64,
    pub(crate) provider: String,
    pub(crate) id: u32,
    /// 1 critical, 2 error, 3 warning, 4 information.
    pub(crate) level: u8,
    pub(crate) at: Timestamp,
    /// Insertion parameters, in their order.
    pub(crate) parameters: Vec<String>,
    /// What the service control manager adds: the name of the service, in 7036 with `/` and the number
    /// of its state (E1). Empty for entries of others.
    pub(crate) data: String,
    /// The security identifier of the user, if the log has one.
    pub(crate) user: Option<String>,
}

impl EventXml {
    /// The state that an entry 7036 tells of, in whatever language its words are.
    pub(crate) fn state(&self) -> Option<ServiceState> {
        let (_, number) = self.data.rsplit_once('/')?;
        ServiceState::from_raw(number.parse().ok()?)
    }
}

/// `None` for what is not an entry.
pub(crate) fn parse(xml: &str) -> Option<EventXml> {
    let document = Document::parse(xml).ok()?;
    let event = document.root_element();
    let system = child(event, "System")?;
    let number = |name: &str| child(system, name)?.text()?.trim().parse::<u64>().ok();
    let time = child(system, "TimeCreated")?.attribute("SystemTime")?;
    let parameters = child(event, "EventData")
        .into_iter()
        .flat_map(|data| data.children())
        .filter(|node| node.has_tag_name((NAMESPACE, "Data")) || node.has_tag_name("Data"))
        .map(|node| node.text().unwrap_or_default().to_owned())
        .collect();
    Some(EventXml {
        record: number("EventRecordID").unwrap_or_default(),
        provider: child(system, "Provider")?.attribute("Name")?.to_owned(),
        id: u32::try_from(number("EventID")?).ok()?,
        level: u8::try_from(number("Level")?).ok()?,
        at: moment(time)?,
        parameters,
        data: child(event, "EventData")
            .and_then(|data| child(data, "Binary")?.text())
            .and_then(utf16)
            .unwrap_or_default(),
        user: child(system, "Security")
            .and_then(|security| security.attribute("UserID"))
            .map(ToOwned::to_owned),
    })
}

/// A text as bytes in hexadecimal digits, little endian, up to a zero.
fn utf16(digits: &str) -> Option<String> {
    let digits = digits.trim().as_bytes();
    let units = digits.chunks(4).map(|unit| {
        let unit = u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok()?;
        Some(unit.swap_bytes())
    });
    let units: Vec<u16> = units.collect::<Option<_>>()?;
    let end = units.iter().position(|unit| *unit == 0);
    Some(String::from_utf16_lossy(
        &units[..end.unwrap_or(units.len())],
    ))
}

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e6_an_observed_failure_is_read() {
        let xml = r#"<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
            <System><Provider Name="Service Control Manager" Guid="{555908d1-a6d7-4695-8e1e-26931d2012f4}"/>
            <EventID Qualifiers="49152">7031</EventID><Version>0</Version><Level>2</Level>
            <TimeCreated SystemTime="2026-11-22T14:03:07.1234567Z"/>
            <EventRecordID>812</EventRecordID><Channel>System</Channel>
            <Security UserID="S-1-5-21-1-2-3-1001"/></System>
            <EventData><Data Name="param1">Worker &amp; Co</Data><Data Name="param2">1</Data>
            <Data Name="param3">30000</Data><Data Name="param4">1</Data>
            <Data Name="param5">Restart the service</Data><Binary>6100</Binary></EventData></Event>"#;
        let event = parse(xml).unwrap();
        assert_eq!((event.id, event.level, event.record), (7031, 2, 812));
        assert_eq!(event.at, Timestamp(1_795_356_187_123));
        let expected = ["Worker & Co", "1", "30000", "1", "Restart the service"];
        assert_eq!(event.parameters, expected);
        assert_eq!(event.user.as_deref(), Some("S-1-5-21-1-2-3-1001"));
    }

    #[test]
    fn e1_a_state_is_read_in_any_language() {
        let entry = |binary: &str| {
            let xml = format!(
                "<Event><System><Provider Name='Service Control Manager'/><EventID>7036</EventID>\
                 <Level>4</Level><TimeCreated SystemTime='2026-11-22T14:03:07Z'/></System>\
                 <EventData><Data>W</Data><Data>arrêté</Data><Binary>{binary}</Binary></EventData></Event>"
            );
            parse(&xml).unwrap().state()
        };
        // w/1 and w/4
        assert_eq!(entry("77002F0031000000"), Some(ServiceState::Stopped));
        assert_eq!(entry("77002f0034000000"), Some(ServiceState::Running));
        for other in ["", "7700", "77002F0039000000", "xyz", "770"] {
            assert_eq!(entry(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for bad in ["", "<Event/>", "<Event><System/></Event>", "no xml"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
