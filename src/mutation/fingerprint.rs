//! Whether a change touched a rule: one number for all that a rule says, with the definitions, lists and
//! parameters it uses. Two rule sets with the same number for a rule judge it alike.

use std::fmt::{self, Write as _};
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use crate::plan;
use crate::policy::Policy;

/// The policy with one rule only.
pub(super) fn only(policy: &Policy, rule: &str) -> Option<Policy> {
    let rule = policy.rules.iter().find(|known| known.id == rule)?.clone();
    Some(Policy {
        name: policy.name.clone(),
        title: None,
        number: None,
        effective: policy.effective,
        repealed: policy.repealed,
        vocabulary: policy.vocabulary.clone(),
        root: policy.root.clone(),
        parameters: policy.parameters.clone(),
        lists: policy.lists.clone(),
        definitions: policy.definitions.clone(),
        rules: vec![rule],
        group_name: policy.group_name.clone(),
    })
}

/// `None`: there is no such rule.
pub(super) fn of(policy: &Policy, rule: &str) -> Option<u64> {
    let (plan, probes) = plan::compile_probed(&only(policy, rule)?);
    let mut into = Hashed(FxHasher::default());
    // 写进散列不会失败。
    let _ = write!(into, "{:?}{:?}{:?}{:?}", plan.rules, plan.indexes, plan.texts, plan.root);
    for (list, used) in plan.lists.iter().zip(&probes.lists) {
        if used.is_some() {
            let _ = write!(into, "{list:?}");
        }
    }
    for (parameter, used) in plan.parameters.iter().zip(&probes.parameters) {
        if used.is_some() {
            let _ = write!(into, "{parameter:?}");
        }
    }
    Some(into.0.finish())
}

/// Text written is hashed, not kept.
struct Hashed(FxHasher);

impl fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.hash(&mut self.0);
        Ok(())
    }
}
