//! YAML text → [`Articles`] with places. The only file here that knows `serde_saphyr`.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned as Placed};

use super::{Article, Articles, Problem};
use crate::source::{FileId, SourceMap, Span, Spanned};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    policy: Placed<String>,
    articles: Vec<WireArticle>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireArticle {
    article: Placed<String>,
    gist: String,
    #[serde(default)]
    rules: Vec<Placed<String>>,
    #[serde(default)]
    reason: Option<String>,
}

/// Reads a list. Stops at the first mistake of form.
pub fn read(sources: &SourceMap, file: FileId) -> Result<Articles, Problem> {
    let text = sources.file(file).text();
    let options = serde_saphyr::options! { with_snippet: false };
    let wire: Wire = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let error = error.without_snippet();
        let span = error.location().map_or(Span::new(file, 0, 0), |location| span(text, file, &location));
        Problem::Unreadable { detail: detail(error, text.get(span.start..span.end).unwrap_or("")), span }
    })?;
    let placed = |one: Placed<String>| {
        let span = span(text, file, &one.referenced);
        Spanned::new(one.value, span)
    };
    let articles = wire
        .articles
        .into_iter()
        .map(|one| Article {
            name: placed(one.article),
            gist: one.gist,
            rules: one.rules.into_iter().map(placed).collect(),
            reason: one.reason,
        })
        .collect();
    Ok(Articles { policy: placed(wire.policy), articles })
}

fn span(text: &str, file: FileId, location: &Location) -> Span {
    let span = location.span();
    Span::clamped(file, text, span.byte_offset(), span.byte_len())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the reader has many errors; most are mistakes of YAML")]
fn detail(error: &serde_saphyr::Error, written: &str) -> String {
    match error {
        serde_saphyr::Error::SerdeUnknownField { field, .. } => {
            format!("没有「{field}」这一项，只能写 policy、articles，每条里写 article、gist、rules、reason")
        }
        serde_saphyr::Error::SerdeMissingField { field, .. } => format!("缺「{field}」"),
        serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
            format!("「{}」写了两次", key.clone().unwrap_or_else(|| written.to_owned()))
        }
        _ => "不是这里该有的写法".to_owned(),
    }
}
