//! Rules that a rule set repealed: what is left of them is who did it and why.

use super::{Composition, RepealedRule};

impl RepealedRule {
    /// `规则 甲-1 已由 乙 废，理由 “丙”`
    pub fn sentence(&self) -> String {
        let reason = self.reason.as_ref().map(|reason| format!("，理由 “{reason}”")).unwrap_or_default();
        format!("规则 {} 已由 {} 废{reason}", self.id, self.by)
    }
}

impl Composition {
    /// The rule of this id that was repealed, if it was.
    pub fn repealed_rule(&self, id: &str) -> Option<&RepealedRule> {
        self.repeals.iter().find(|rule| rule.id == id)
    }
}
