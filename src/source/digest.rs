//! SHA-256 of texts, so that a report can say which rules, calendar and logs it is about.

use sha2::{Digest as _, Sha256};

/// A sum being made; parts are taken as they come, so put a mark between them where they could be confused.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    pub fn add(&mut self, part: &str) {
        self.0.update(part);
    }

    /// In lower-case hexadecimal.
    pub fn hex(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The sum of the bytes of a file that is no text: a workbook, a database.
pub fn sha256_bytes(bytes: &[u8]) -> String {
    let mut digest = Digest::default();
    digest.0.update(bytes);
    digest.hex()
}

/// The sum of one text.
pub fn sha256(text: &str) -> String {
    let mut digest = Digest::default();
    digest.add(text);
    digest.hex()
}

#[cfg(test)]
mod tests {
    use super::sha256;

    #[test]
    fn the_sum_of_nothing_is_the_published_one() {
        assert_eq!(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
