//! Schedules against what they say, and against a second model that looks at every minute.

mod model;
mod random;
mod reading;
mod zones;
