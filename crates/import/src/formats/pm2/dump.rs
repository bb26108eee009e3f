//! What `pm2 save` has written: an entry for each instance.

use relance_texts::import;

use crate::syntax::node::Node;
use crate::work::Work;

/// Whether two entries are instances of one service: `pm2 save` writes one for each.
pub(super) fn is_same(one: &Node, other: &Node) -> bool {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text);
    let names = |node| (text(node, "name"), text(node, "pm_exec_path"));
    let is_dumped = text(one, "pm_exec_path").is_some();
    std::ptr::eq(one, other) || is_dumped && names(one) == names(other)
}

/// Says that an entry is one more instance.
pub(super) fn instance(app: &Node, file: usize, work: &mut Work<'_>) {
    let name = app.get("name").and_then(Node::text).unwrap_or_default();
    work.report(file)
        .changed(app.lines, "instances", import::InstancesOfDump { name });
}
