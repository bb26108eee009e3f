//! Names that go and come.

use super::*;

#[test]
fn a_new_service_may_have_the_name_of_one_that_goes_in_the_same_batch() {
    let mut database = memory();
    let [before, after] = [1, 2].map(|id| record(id, ServiceConfig::new(name("a"), "/a")));
    let config = |record: &ServiceRecord| (record.id, Arc::clone(&record.config), false);
    let create = Batch {
        configs: vec![config(&before)],
        ..Batch::default()
    };
    let replace = Batch {
        configs: vec![config(&after)],
        records: vec![Arc::new(before.clone()), Arc::new(after.clone())],
        removed: vec![before.id],
        ..Batch::default()
    };
    database.commit(&[&create]).unwrap();
    database.commit(&[&replace]).unwrap();
    let records = database.load().unwrap().records;
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [after.id]);
}
