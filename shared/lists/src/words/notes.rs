//! Words by which a line is known to be no row: `data/words/notes.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/notes.csv");

/// What a word makes of its line, or of the count it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Note,
    Total,
    /// What is counted in: 家.
    Counter,
    /// What is counted: 机构.
    Counted,
    /// What stands beside a count: 其中.
    Beside,
    /// What is written where there is nothing.
    Blank,
    /// What is written below the last row.
    End,
    /// More notes follow.
    Opens,
    /// What marks a row of a template as an example.
    Example,
    /// What stands for the cell above.
    Ditto,
    /// What is written in the place of a name and is none of an outlet: a label of a form, a sentence, a part.
    NoName,
    /// A sheet of this name tells how to fill a list in.
    About,
}

/// Where a word stands in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Start,
    BeforeColon,
    Whole,
    Count,
}

/// A word, folded; each run of digits in it stands for any number.
struct Word {
    key: String,
    means: Means,
    stands: Stands,
}

static KNOWN: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let means = match row.get(1)? {
            "note" => Means::Note,
            "total" => Means::Total,
            "counter" => Means::Counter,
            "counted" => Means::Counted,
            "beside" => Means::Beside,
            "blank" => Means::Blank,
            "end" => Means::End,
            "opens" => Means::Opens,
            "example" => Means::Example,
            "about" => Means::About,
            "ditto" => Means::Ditto,
            "no-name" => Means::NoName,
            _ => return None,
        };
        let stands = match row.get(2)? {
            "start" => Stands::Start,
            "before-colon" => Stands::BeforeColon,
            "whole" => Stands::Whole,
            "count" => Stands::Count,
            _ => return None,
        };
        Some(Word { key: fold::key(row.get(0)?), means, stands })
    };
    let mut words: Vec<Word> = super::rows(TABLE).filter_map(row).collect();
    // Of two that begin at one place the longer counts.
    words.sort_by_key(|word| std::cmp::Reverse(word.key.len()));
    words
});

fn is(text: &str, means: Means) -> bool {
    let key = fold::key(text);
    KNOWN.iter().any(|word| word.means == means && word.key == key)
}

/// A folded text with `#` for each run of digits.
fn numberless(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for c in key.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// Whether a text is a note, a signature or who filled the list in. A sentence is one.
pub fn is_note(text: &str) -> bool {
    let key = numberless(&fold::key(text));
    let begins = |word: &Word| match (word.means, word.stands) {
        (Means::Note, Stands::Start) => key.starts_with(&word.key),
        (Means::Note, Stands::BeforeColon) => key.strip_prefix(&word.key).is_some_and(|rest| rest.starts_with(':')),
        _ => false,
    };
    KNOWN.iter().any(begins) || text.contains('。')
}

/// Whether a text is the label of a note, whose content stands in the next cell, and nothing more: 制表单位.
pub fn is_label(text: &str) -> bool {
    let key = fold::key(text);
    let key = key.trim_end_matches(':');
    KNOWN.iter().any(|word| {
        word.means == Means::Note && matches!(word.stands, Stands::BeforeColon | Stands::Whole) && word.key == key
    })
}

/// Longest text before a word for a total, in characters: 本页小计, 真州镇合计.
const BEFORE_TOTAL_MAX: usize = 6;

/// Whether a text tells a total: a word for one with nothing behind it but a count (合计:3家), or a count (其中:新增1所). A name that begins with such a
/// word goes on otherwise (合计托育园).
pub fn is_total(text: &str) -> bool {
    let key = fold::key(text);
    let totals = KNOWN.iter().filter(|word| word.means == Means::Total);
    for word in totals {
        if let Some((before, behind)) = key.split_once(word.key.as_str())
            && before.chars().count() <= BEFORE_TOTAL_MAX
            && (behind.is_empty() || Count::of(behind).is_some_and(|count| count.numbers > 0))
        {
            return true;
        }
    }
    // What is counted, with its count in brackets or a number before it, is the title of a group: 二、幼儿园(1家).
    let (base, noted) = fold::without_notes(&key);
    let alone = |text: &str| Count::of(text).is_some_and(|count| count.numbers == 0);
    if is_numbered(&key) || (!noted.is_empty() && !base.is_empty() && alone(&base)) {
        return false;
    }
    // 3家, 机构数:2; a number before a category is that of a title (一、托育机构).
    let ends_in_number = key.ends_with(|c: char| c.is_ascii_digit());
    Count::of(&key).is_some_and(|count| count.counted > 0 || count.words > 0 && ends_in_number)
}

/// Whether a folded text begins as parts are numbered: 二、 (二) 2. 第二部分.
fn is_numbered(key: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = key.strip_prefix('(').unwrap_or(key);
    let rest = inner.trim_start_matches(number);
    rest.len() < inner.len()
        && match rest.chars().next() {
            Some('、') => true,
            Some(')') => inner.len() < key.len(),
            Some('.') => !rest[1..].starts_with(|c: char| c.is_ascii_digit()),
            _ => false,
        }
}

/// Whether a text is a word for a total and nothing more.
pub fn is_total_alone(text: &str) -> bool {
    is(text, Means::Total)
}

/// Whether a text is what people write where there is nothing.
pub fn is_blank(text: &str) -> bool {
    is(text, Means::Blank)
}

/// Whether a cell stands for the one above it: 同上.
pub fn is_ditto(text: &str) -> bool {
    text.len() <= 12 && is(text, Means::Ditto)
}

/// Whether a text in the place of a name says by its words that it names no outlet: a mark for the cell above, the label of a form, a sentence.
pub fn is_no_name(text: &str) -> bool {
    let key = fold::key(text);
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let bare = if is_numbered(&key) {
        key.trim_start_matches('(').trim_start_matches(number).trim_start_matches(['、', '.', ')'])
    } else {
        key.as_str()
    };
    let bare = bare.trim_end_matches(':');
    let batch = bare.strip_prefix('第').and_then(|rest| rest.trim_start_matches(number).strip_prefix('批'));
    let said = KNOWN.iter().any(|word| match (word.means, word.stands) {
        (Means::NoName | Means::Ditto, Stands::Whole) => bare == word.key,
        (Means::NoName, Stands::Start) => bare.starts_with(&word.key),
        _ => false,
    });
    said || is_note(bare) || is_label(bare) || batch.is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
}

/// Whether a text says that nothing stands below it: 以下空白.
pub fn is_end(text: &str) -> bool {
    is(text, Means::End)
}

/// Whether a note is followed by more of them: 说明:, and below it 1, 2, 3.
pub fn opens(text: &str) -> bool {
    let key = numberless(&fold::key(text));
    let opens = |word: &Word| word.means == Means::Opens && key.starts_with(&word.key);
    KNOWN.iter().any(opens)
}

/// Whether the first cell of a row marks it as an example, as templates have one.
pub fn is_example(text: &str) -> bool {
    is(text, Means::Example)
}

/// Whether a sheet of this name tells how to fill a list in.
pub fn is_of_notes(sheet: &str) -> bool {
    is(sheet, Means::About)
}

/// What a text that is made of counts alone is made of.
#[derive(Default)]
struct Count {
    numbers: usize,
    words: usize,
    /// Numbers with what they count in behind them.
    counted: usize,
}

impl Count {
    /// The count that a folded text is; none where anything else stands in it.
    fn of(key: &str) -> Option<Self> {
        let mut count = Self::default();
        let mut rest = key;
        let mut after_number = false;
        let number = |c: char| c.is_ascii_digit() || "一二两三四五六七八九十百千零〇".contains(c);
        while let Some(first) = rest.chars().next() {
            if number(first) {
                count.numbers += 1;
                after_number = true;
                rest = rest.trim_start_matches(number).trim_start();
                continue;
            } else if ":,.;()、/%，".contains(first) {
                rest = &rest[first.len_utf8()..];
            } else {
                let of_counts = KNOWN.iter().filter(|word| word.stands == Stands::Count || word.means == Means::Total);
                let word = of_counts.into_iter().find(|word| rest.starts_with(&word.key))?;
                count.words += 1;
                count.counted += usize::from(after_number && word.means == Means::Counter);
                rest = &rest[word.key.len()..];
            }
            after_number = false;
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_totals_are_told_from_rows() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        for note in [
            "审核人:钱某",
            "注：以下略",
            "(盖章)",
            "名单如下。",
            "第1页,共2页",
            "第 12 页",
            "共印20份",
            "注2.不含民办",
            "打印时间:5月",
        ] {
            assert!(is_note(note), "{note}");
        }
        for other in ["附件2 取消认定名单", "注册路幼儿园", "负责人之家", "备注幼托育园", "填表人托育园", "第1幼儿园"]
        {
            assert!(!is_note(other), "{other}");
        }
        assert!(is_label("制表单位") && is_label("监督电话:") && is_label("附") && !is_label("附小幼儿园"));
        for total in [
            "合计:3家",
            "合 计",
            "合计3家",
            "总 数",
            "托位合计",
            "本页小计",
            "小计(2所)",
            "全县总计3所",
            "其中:新增1所",
            "共3所幼儿园",
            "2家机构",
            "2家",
            "机构数:2",
            "总共两家",
            "以上共计2家",
            "合计2家,其中民办1家",
            "真州镇合计",
            "平均",
        ] {
            assert!(is_total(total), "{total}");
        }
        for name in [
            "共青团路店",
            "合计托育园",
            "总计生托育园",
            "小计量托育园",
            "共和托育园",
            "平均路幼儿园",
            "第一幼儿园",
            "三家村便利店",
            "一家亲托育园",
            "2025",
            "66梧桐院邻里餐厅",
            "全市幼儿园名单",
            "民办幼儿园",
            "其中幼儿园",
            "一、托育机构",
            "二、民办幼儿园",
            "张三",
            "1.民办",
            "(二)幼儿园(1家)",
            "3.网点",
            "托育机构(12家)",
        ] {
            assert!(!is_total(name), "{name}");
        }
        assert!(is_total_alone("合 计") && !is_total_alone("合计3家"));
        assert!(is_blank("（空）") && is_blank("--") && is_end("（以下无正文）") && !is_blank("无忧托育园"));
    }

    #[test]
    fn what_names_no_outlet_by_its_words_is_known() {
        for text in [
            "同上",
            "〃",
            "公示结果",
            "认定依据：",
            "来源",
            "占比",
            "特此公告",
            "请各镇",
            "上述机构如有弄虚作假的",
            "1.本名单有效期三年",
            "(2)名单内机构",
            "第二批(2025年9月1日认定",
            "第三批",
            "审核通过",
            "打印本页",
        ] {
            assert!(is_no_name(text), "{text}");
        }
        for name in [
            "甲杉养老院",
            "第二幼儿园",
            "同上托育园",
            "来源托育园",
            "请客来餐厅",
            "1.甲托育园",
            "第一批发市场",
            "特色助餐点",
            "有效期路店",
            "根据地红星幼儿园",
            "结果树托育园",
        ] {
            assert!(!is_no_name(name), "{name}");
        }
    }
}
