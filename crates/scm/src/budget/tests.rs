use super::*;

#[test]
fn x96_quiet_hours_are_read_and_may_pass_midnight() {
    let hours: QuietHours = " 2:00 - 04:30".parse().unwrap();
    assert_eq!(hours.to_string(), "02:00-04:30");
    let at = |hours: QuietHours, hour: u32, second: u32| {
        hours.rest(hour * 3600 + second).map(|rest| rest.as_secs())
    };
    assert_eq!(at(hours, 1, 3599), None);
    assert_eq!(at(hours, 2, 0), Some(9000));
    assert_eq!(at(hours, 4, 1799), Some(1));
    assert_eq!(at(hours, 4, 1800), None);
    let night: QuietHours = "22:00-06:00".parse().unwrap();
    assert_eq!(at(night, 21, 3599), None);
    assert_eq!(at(night, 22, 0), Some(8 * 3600));
    assert_eq!(at(night, 0, 0), Some(6 * 3600));
    assert_eq!(at(night, 6, 0), None);
    for wrong in [
        "",
        "02:00",
        "02:00-02:00",
        "24:00-01:00",
        "2-4",
        "02:0-04:00",
        "+2:00-04:00",
    ] {
        let error = wrong.parse::<QuietHours>().unwrap_err();
        assert!(error.to_string().contains("02:00-04:00"), "{error}");
    }
}

#[test]
fn x98_a_limit_is_a_number_and_a_period() {
    let limit: BudgetLimit = "30 in 1m".parse().unwrap();
    assert_eq!(
        (limit.count(), limit.period()),
        (30, Duration::from_secs(60))
    );
    assert_eq!(limit.to_string().parse::<BudgetLimit>().unwrap(), limit);
    let day: BudgetLimit = "1 in 1d".parse().unwrap();
    assert_eq!(day.period(), Duration::from_secs(24 * 3600));
    for wrong in [
        "",
        "30",
        "0 in 1m",
        "301 in 1m",
        "1 in 0",
        "1 in 400d",
        "-1 in 1m",
        "1 per 1m",
    ] {
        let error = wrong.parse::<BudgetLimit>().unwrap_err();
        assert!(error.to_string().contains("30 in 1m"), "{error}");
    }
}

#[test]
fn a_budget_is_known_by_the_name_of_its_setting() {
    for budget in Budget::ALL {
        assert_eq!(Budget::of_name(budget.name()), Some(budget));
    }
    assert_eq!(Budget::of_name("budget"), None);
}
