//! The inputs of two runs side by side: the same, changed, gone, or new.

use super::{Kind, Named, Recorded};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Same,
    Changed,
    Gone,
    Added,
}

impl State {
    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Added => "added",
        }
    }

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "相同",
            Self::Changed => "变了",
            Self::Gone => "没了",
            Self::Added => "多出来的",
        }
    }
}

/// One input in both runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputState {
    pub kind: Kind,
    pub name: String,
    pub state: State,
    /// Sums at the time of the report and now.
    pub old: Option<String>,
    pub new: Option<String>,
    /// What exactly, in words; may be empty.
    pub note: String,
}

/// Kinds of which anything is not the same, in order.
pub(super) fn changed(states: &[InputState]) -> Vec<Kind> {
    let of = |kind: &Kind| states.iter().any(|one| one.kind == *kind && one.state != State::Same);
    Kind::ALL.into_iter().filter(of).collect()
}

pub(super) fn compare(report: &Recorded, now: &Recorded) -> Vec<InputState> {
    let mut states = files(Kind::Logs, &report.logs, &now.logs);
    states.extend(files(Kind::Columns, &report.call.columns, &now.call.columns));
    let rules = whole(
        Kind::Rules,
        &report.policy.name,
        [&report.policy.sha256, &now.policy.sha256],
        [&report.call.rule_files, &now.call.rule_files],
    );
    states.push(rules);
    states.push(whole(
        Kind::Calendar,
        "",
        [&report.calendar_sha256, &now.calendar_sha256],
        [&report.call.calendar_files, &now.call.calendar_files],
    ));
    states.extend(files(Kind::Waivers, &report.waivers, &now.waivers));
    let (old, new) = (&report.program, &now.program);
    let same = old.engine_sha256 == new.engine_sha256;
    let note = match (same, old.sha256 == new.sha256, old.version == new.version) {
        (true, true, _) => String::new(),
        (true, false, _) => "读法与判法没变，只是自带的规则、日历或说明变了".to_owned(),
        (false, _, true) => format!("版本号同为 {}，源码不同", new.version),
        (false, _, false) => format!("{} → {}", old.version, new.version),
    };
    states.push(InputState {
        kind: Kind::Program,
        name: format!("{} {}", old.name, old.version),
        state: if same { State::Same } else { State::Changed },
        old: Some(old.sha256.clone()),
        new: Some(new.sha256.clone()),
        note,
    });
    states
}

/// One by one: by name, then by text, for what was moved.
fn files(kind: Kind, old: &[Named], new: &[Named]) -> Vec<InputState> {
    let named = |list: &[Named], name: &str| list.iter().any(|one| one.name == name);
    let mut moved: Vec<&Named> = new.iter().filter(|one| !named(old, &one.name)).collect();
    let mut states: Vec<InputState> = Vec::new();
    for one in old {
        let mut note = String::new();
        let other = new.iter().find(|other| other.name == one.name).or_else(|| {
            let at = moved.iter().position(|other| other.sha256 == one.sha256)?;
            let other = moved.remove(at);
            note = format!("现在叫 {}", other.name);
            Some(other)
        });
        let state = match other {
            Some(other) if other.sha256 == one.sha256 => State::Same,
            Some(_) => State::Changed,
            None => State::Gone,
        };
        let (old, new) = (Some(one.sha256.clone()), other.map(|other| other.sha256.clone()));
        states.push(InputState { kind, name: one.name.clone(), state, old, new, note });
    }
    states.extend(moved.into_iter().map(|one| InputState {
        kind,
        name: one.name.clone(),
        state: State::Added,
        old: None,
        new: Some(one.sha256.clone()),
        note: String::new(),
    }));
    states
}

/// As one thing with one sum; the files only say where it changed. By file name: folders move.
fn whole(kind: Kind, name: &str, sums: [&String; 2], lists: [&Vec<Named>; 2]) -> InputState {
    let base = |named: &Named| Named {
        name: named.name.rsplit(['/', '\\']).next().unwrap_or(&named.name).to_owned(),
        sha256: named.sha256.clone(),
    };
    let [old, new] = lists.map(|list| list.iter().map(base).collect::<Vec<_>>());
    let same = sums[0] == sums[1];
    let notes = files(kind, &old, &new).into_iter().filter(|one| one.state != State::Same);
    let notes: Vec<String> = notes.map(|one| format!("{} {}", one.name, one.state.label())).collect();
    InputState {
        kind,
        name: name.to_owned(),
        state: if same { State::Same } else { State::Changed },
        old: Some(sums[0].clone()),
        new: Some(sums[1].clone()),
        note: if same { String::new() } else { notes.join("，") },
    }
}
