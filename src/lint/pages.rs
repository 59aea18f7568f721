//! The page of every doubt, as printed in `docs/diagnostics/`: for output formats that carry help texts.

/// Code and page, in order of codes.
pub const PAGES: &[(&str, &str)] = &[
    ("W001", include_str!("../../docs/diagnostics/W001.md")),
    ("W002", include_str!("../../docs/diagnostics/W002.md")),
    ("W003", include_str!("../../docs/diagnostics/W003.md")),
    ("W004", include_str!("../../docs/diagnostics/W004.md")),
    ("W005", include_str!("../../docs/diagnostics/W005.md")),
    ("W006", include_str!("../../docs/diagnostics/W006.md")),
    ("W007", include_str!("../../docs/diagnostics/W007.md")),
    ("W008", include_str!("../../docs/diagnostics/W008.md")),
    ("W009", include_str!("../../docs/diagnostics/W009.md")),
    ("W010", include_str!("../../docs/diagnostics/W010.md")),
    ("W011", include_str!("../../docs/diagnostics/W011.md")),
    ("W012", include_str!("../../docs/diagnostics/W012.md")),
    ("W013", include_str!("../../docs/diagnostics/W013.md")),
    ("W014", include_str!("../../docs/diagnostics/W014.md")),
    ("W015", include_str!("../../docs/diagnostics/W015.md")),
];

/// The words after the code in a page's first line.
pub fn title(page: &str) -> &str {
    page.lines().next().and_then(|line| line.trim_start_matches("# ").split_once(' ')).map_or("", |(_, t)| t)
}
