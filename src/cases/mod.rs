//! Case pages: a rule, histories, and the findings each should give — for people to read and for
//! `zhunsheng test` to run. Takes Markdown and a loaded rule set; gives what differs, or the page rewritten.

mod page;
mod ready;
mod run;

pub use page::{BadPage, Page, Scenario, Settings, read};
pub use ready::{Ready, ReadyPage};
pub use run::{Failure, Outcome, run};
