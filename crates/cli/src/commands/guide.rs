//! `fabric guide`: articles of the help, and the one that explains an error. `fabric notes`: what came with a version.

use help::{Article, Block, Language};
use ipc::HelpSearch;
use model::Code;
use serde_json::json;
use workspace::search_help;

use super::{FINE, FOUND, failed};
use crate::{
    args::{Guide, Notes},
    render,
    terminal::{Stop, Terminal},
};

pub fn guide(arguments: &Guide, terminal: &Terminal) -> Result<u8, Stop> {
    let language = terminal.out.language;
    if let [name] = arguments.what.as_slice()
        && let Ok((article, anchor)) = help::find(name)
    {
        let code = Code::ALL.iter().find(|code| code.as_str() == name);
        return show(article, anchor, code.copied(), language, terminal);
    }
    let words = arguments.what.join(" ");
    let hits = search_help(&HelpSearch {
        words: words.clone(),
        lang: language.tag().to_owned(),
    })
    .map_err(failed)?;
    terminal.result(&hits, |look| render::hits(&hits, &words, look))?;
    Ok(if hits.is_empty() { FOUND } else { FINE })
}

pub fn notes(arguments: &Notes, terminal: &Terminal) -> Result<u8, Stop> {
    let mut notes = help::notes().to_vec();
    let numbers = |version: &str| -> Vec<u32> {
        version
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect()
    };
    notes.sort_by_key(|note| (std::cmp::Reverse(numbers(note.since)), note.command));
    if let Some(version) = &arguments.version {
        notes.retain(|note| note.since == version);
    }
    if arguments.markdown {
        terminal.print(&render::notes_reference(&notes))?;
    } else {
        terminal.result(&notes, |look| render::notes(&notes, look))?;
    }
    Ok(if notes.is_empty() { FOUND } else { FINE })
}

/// An article; of an error, the section that explains it.
fn show(
    article: &Article,
    anchor: Option<&str>,
    code: Option<Code>,
    language: Language,
    terminal: &Terminal,
) -> Result<u8, Stop> {
    let mut blocks = article.blocks(language);
    if let Some(anchor) = anchor {
        let named = |block: &Block, name: Option<&str>| match block {
            Block::Heading { anchor, .. } => name.is_none() || anchor.as_deref() == name,
            _ => false,
        };
        let from = blocks.iter().position(|block| named(block, Some(anchor)));
        blocks.drain(..from.unwrap_or(0));
        let next = blocks.iter().skip(1).position(|block| named(block, None));
        blocks.truncate(next.map_or(blocks.len(), |next| next + 1));
    }
    let json = json!({
        "id": article.id,
        "anchor": anchor,
        "title": article.title(language),
        "code": code,
        "codes": article.codes(),
        "markdown": article.text(language),
    });
    terminal.result(&json, |look| {
        let mut text = code.map_or_else(String::new, |code| render::code(code, look));
        text.push_str(&render::article(&blocks, look));
        text
    })?;
    if code.is_some() {
        terminal.remark(&format!("\nMore: `fabric guide {}`\n", article.id));
    }
    Ok(FINE)
}
