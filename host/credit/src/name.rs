//! Names of parties and subjects: the one form in which two are compared, and which texts are no name at all.
//!
//! A name is only ever a hint (no code path leads from it to a measure), so the form is generous: it holds
//! the letters, and one sign for all that is written between them. What is shown and kept is the name as its
//! owner writes it.

use icu_properties::props::GeneralCategory;

use crate::text::{category, folded, has_invisible, is_blank, is_dash, is_invisible, visible};

/// Stands for every dot between the parts of a name.
const DOT: char = '·';

/// Dots that are written between the parts of a name, beside those that fold into one of them.
const DOTS: &str = ".·•‧∙⋅・ꞏ⸱⸳ᐧ᛫◦𐄁ㆍ\u{119E}。";

/// Signs that stand for letters somebody hid, or lost on the way.
const MASKS: &str = "*×✕✖╳●○◯■□█▇▓※\u{FFFD}";

/// Words that stand where nobody knew a name, in the form of [`key`]. Only as the whole text: 无锡 is a city.
const NO_NAMES: &[&str] = &[
    "无",
    "無",
    "无名",
    "无名氏",
    "无姓名",
    "无名称",
    "没有",
    "暂无",
    "暂缺",
    "不详",
    "不明",
    "未知",
    "查无",
    "查无此人",
    "身份不明",
    "身份不明人员",
    "姓名不明",
    "姓名待查",
    "姓名不详",
    "名称不详",
    "姓名未知",
    "未提供",
    "未填写",
    "未登记",
    "匿名",
    "匿名用户",
    "隐名",
    "化名",
    "不公开",
    "不愿透露",
    "佚名",
    "某人",
    "某公司",
    "某单位",
    "个人",
    "自然人",
    "当事人",
    "公民",
    "本人",
    "企业",
    "公司",
    "有限公司",
    "单位",
    "法人",
    "个体",
    "个体户",
    "个体工商户",
    "其他",
    "其它",
    "空",
    "空白",
    "缺",
    "缺失",
    "空缺",
    "待补",
    "待补充",
    "待定",
    "待查",
    "待核实",
    "待核实人员",
    "略",
    "同上",
    "同前",
    "见上",
    "附件",
    "见附件",
    "详见附件",
    "保密",
    "隐私",
    "测试",
    "测试公司",
    "测试企业",
    "测试用户",
    "测试数据",
    "姓名",
    "名称",
    "NA",
    "NIL",
    "NULL",
    "NONE",
    "NAN",
    "UNKNOWN",
    "UNDEFINED",
    "ANONYMOUS",
    "ANON",
    "NOBODY",
    "NONAME",
    "TEST",
    "TBD",
    "X",
    "N",
];

/// The form in which names are compared: compatibility forms folded, capitals, one dot, one kind of bracket
/// and of quotation mark, without blanks, dashes and what shows nothing. Empty for a text that names nobody,
/// which is then compared with nothing.
///
/// ```
/// # use creditgate_credit::name;
/// assert_eq!(name::key("示例（山东）贸易"), name::key("示例(山东) 贸易"));
/// assert_eq!(name::key("不详"), "");
/// ```
#[must_use]
pub fn key(name: &str) -> String {
    let key = form(name);
    if names_nobody(&key) { String::new() } else { key }
}

/// Whether the text stands where a name should but names nobody: a word for "unknown", a mask, no letter.
#[must_use]
pub fn is_filler(name: &str) -> bool {
    names_nobody(&form(name))
}

/// What is capital and folded is so after two or three rounds; the bound is for texts nobody writes.
const MOST_ROUNDS: usize = 8;

/// What is remarkable about a name as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameWarning {
    /// Characters that show nothing were left out.
    #[error("held characters that show nothing; they were left out")]
    InvisibleRemoved,
    /// It names nobody.
    #[error("is a placeholder or masked: it names nobody, and nothing is found by it")]
    Filler,
}

impl NameWarning {
    /// The stable name of the finding.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvisibleRemoved => "name.invisible_removed",
            Self::Filler => "name.placeholder",
        }
    }
}

/// What is remarkable about a name as it was given. A text without any letter is a matter of its own.
pub fn warnings(name: &str) -> impl Iterator<Item = NameWarning> {
    let removed = has_invisible(name).then_some(NameWarning::InvisibleRemoved);
    let filler = (is_filler(name) && !visible(name).is_empty()).then_some(NameWarning::Filler);
    removed.into_iter().chain(filler)
}

fn form(name: &str) -> String {
    plain_form(name).unwrap_or_else(|| any_form(name))
}

/// The form of a name in ideographs, letters, digits, blanks and brackets: nothing in it folds or composes.
fn plain_form(name: &str) -> Option<String> {
    let mut form = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\u{4E00}'..='\u{9FA5}' | '0'..='9' | 'A'..='Z' | '(' | ')' | DOT => form.push(character),
            'a'..='z' => form.push(character.to_ascii_uppercase()),
            '（' => form.push('('),
            '）' => form.push(')'),
            ' ' | '\u{3000}' => {}
            _ => return None,
        }
    }
    Some(form)
}

fn any_form(name: &str) -> String {
    let mut form = round(name);
    for _ in 0..MOST_ROUNDS {
        let next = round(&form);
        if next == form {
            break;
        }
        form = next;
    }
    form
}

fn round(name: &str) -> String {
    let capitals: String = name.chars().flat_map(char::to_uppercase).collect();
    folded(&capitals, |character| {
        let left_out = is_blank(character) || is_invisible(character) || is_dash(character);
        (!left_out).then(|| unified(character))
    })
}

fn unified(character: char) -> char {
    match character {
        '"' | '\'' | '`' | '´' => '"',
        '\u{E7C7}'..='\u{E864}' => of_gbk(character),
        _ if DOTS.contains(character) => DOT,
        _ if character.is_ascii_alphanumeric() => character,
        _ => match category(character) {
            GeneralCategory::OpenPunctuation => '(',
            GeneralCategory::ClosePunctuation => ')',
            GeneralCategory::InitialPunctuation | GeneralCategory::FinalPunctuation => '"',
            _ => character,
        },
    }
}

fn names_nobody(form: &str) -> bool {
    !plainly_names(form) && stands_for_nobody(form)
}

/// No word for nobody has so many ideographs.
const MORE_THAN_A_WORD: usize = 7;

/// Whether a form names somebody at the first look, as that of almost every organisation does: ideographs, more
/// than any word for nobody has, and beside them digits and brackets alone.
fn plainly_names(form: &str) -> bool {
    let mut ideographs = 0;
    for character in form.chars() {
        match character {
            '某' => return false,
            '\u{4E00}'..='\u{9FA5}' => ideographs += 1,
            '0'..='9' | '(' | ')' => {}
            _ => return false,
        }
    }
    ideographs >= MORE_THAN_A_WORD
}

fn stands_for_nobody(form: &str) -> bool {
    let letters: String = form.chars().filter(|character| character.is_alphabetic()).collect();
    letters.is_empty() || is_hidden(form, &letters) || NO_NAMES.contains(&letters.as_str())
}

/// What stands in the place of a part that is hidden.
const HIDDEN: &[&str] =
    &["··", "??", "__", "##", "〇〇", "某某", "某公司", "某有限", "某企业", "某单位", "某厂", "某店"];

/// Whether parts of the name are hidden: 张*, 张××, 张XX, 王X, 张某, 张某某, 山东某公司.
fn is_hidden(form: &str, letters: &str) -> bool {
    let signs = form.chars().any(|character| MASKS.contains(character));
    let runs = HIDDEN.iter().any(|run| form.contains(run));
    let crossed_out = letters
        .split(|letter: char| !letter.is_ascii())
        .any(|latin| latin.len() > 1 && latin.bytes().all(|letter| letter == b'X'));
    let length = letters.chars().count();
    let somebody =
        length <= 3 && ["某", "某甲", "某乙", "某丙", "某丁"].iter().any(|end| letters.ends_with(end));
    let lost = length <= 2 && form.contains('?');
    let crossed_out = crossed_out || length <= 3 && !letters.is_ascii() && letters.ends_with('X');
    signs || runs || crossed_out || somebody || lost
}

/// Characters that GBK had and Unicode did not yet: systems of that time gave them code points of the private
/// area, in the order of GBK from FE50 on (GB 18030-2022, annex).
fn of_gbk(character: char) -> char {
    const FIRST: u32 = 0xE815;
    const SINCE: [char; 80] = [
        '⺁', '𠂇', '𠂉', '𠃌', '⺄', '㑳', '㑇', '⺈', '⺋', '龴', '㖞', '㘚', '㘎', '⺌', '⺗', '㥮', '㤘',
        '龵', '㧏', '㧟', '㩳', '㧐', '龶', '龷', '㭎', '㱮', '㳠', '⺧', '𡗗', '龸', '⺪', '䁖', '䅟', '⺮',
        '䌷', '⺳', '⺶', '⺷', '𢦏', '䎱', '䎬', '⺻', '䏝', '䓖', '䙡', '䙌', '龹', '䜣', '䜩', '䝼', '䞍',
        '⻊', '䥇', '䥺', '䥽', '䦂', '䦃', '䦅', '䦆', '䦟', '䦛', '䦷', '䦶', '龺', '𤇾', '䲣', '䲟', '䲠',
        '䲡', '䱷', '䲢', '䴓', '䴔', '䴕', '䴖', '䴗', '䴘', '䴙', '䶮', '龻',
    ];
    match character {
        '\u{E7C7}' => 'ḿ',
        '\u{E7C8}' => 'ǹ',
        _ => {
            let place = u32::from(character).checked_sub(FIRST).and_then(|place| usize::try_from(place).ok());
            place.and_then(|place| SINCE.get(place).copied()).unwrap_or(character)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing_a_name_has_one_form() {
        let same: [&[&str]; 8] = [
            &[
                "示例（山东）贸易有限公司",
                "示例(山东)贸易有限公司",
                "示例 ﹙山东﹚贸易有限公司",
                "示例【山东】贸易有限公司",
                "示例〔山东〕贸易有限公司",
            ],
            &[
                "买买提·吐尔逊",
                "买买提•吐尔逊",
                "买买提・吐尔逊",
                "买买提‧吐尔逊",
                "买买提∙吐尔逊",
                "买买提⋅吐尔逊",
                "买买提･吐尔逊",
                "买买提．吐尔逊",
                "买买提.吐尔逊",
                "买买提 · 吐尔逊",
                "买买提\u{387}吐尔逊",
                "买\u{200B}买提·吐尔逊\u{202C}",
            ],
            &[
                "钱示隐",
                "\u{202D}钱示隐\u{202C}",
                "钱\u{FEFF}示\u{3164}隐",
                "钱示\u{E0100}隐",
                "钱　示　隐",
                "钱\u{AD}示隐",
            ],
            &["Li Shi", "LI SHI", "Ｌｉ　Ｓｈｉ", "li\u{A0}shi", "Li-Shi"],
            &["示例䶮店", "示例\u{E863}店", "示例䶮\u{FE00}店"],
            &["示例金店", "示例\u{F90A}店", "示例\u{2FA6}店"],
            &["示例“老字号”店", "示例\"老字号\"店", "示例＂老字号＂店"],
            &["Müller", "MÜLLER", "Mu\u{308}ller"],
        ];
        for names in same {
            for name in names {
                assert_eq!(key(name), key(names[0]), "{name:?}");
                assert!(!key(name).is_empty(), "{name:?}");
            }
        }
        assert_ne!(key("示例甲"), key("示例乙"));
        assert_ne!(key("买买提·吐尔逊"), key("买买提吐尔地"));
    }

    #[test]
    fn the_private_characters_of_gbk_are_in_their_order() {
        let cases = [
            (0xE815, 0x2E81),
            (0xE81E, 0x9FB4),
            (0xE831, 0x215D7),
            (0xE844, 0x4723),
            (0xE863, 0x4DAE),
            (0xE864, 0x9FBB),
        ];
        for (private, known) in cases {
            let [private, known] = [private, known].map(|point| char::from_u32(point).unwrap());
            assert_eq!(of_gbk(private), known);
        }
        assert_eq!(of_gbk('\u{E814}'), '\u{E814}');
    }

    #[test]
    fn words_for_nobody_and_masks_are_no_names() {
        let fillers = [
            "无",
            " 无 ",
            "无。",
            "（无）",
            "不详",
            "不 详",
            "姓名不详",
            "未知",
            "匿名",
            "个人",
            "公司",
            "测试",
            "N/A",
            "n.a.",
            "NULL",
            "null",
            "-",
            "——",
            "/",
            "0",
            "000",
            "*",
            "***",
            "张*",
            "张**",
            "张×",
            "张××",
            "张XX",
            "XXX",
            "xxx",
            "某某",
            "张某",
            "张某某",
            "张某甲",
            "●●●",
            "张○○",
            "•••",
            "無",
            "查无此人",
            "身份不明人员",
            "当事人",
            "见附件",
            "no name",
            "王X",
            "王小x",
            "张〇〇",
            "山东某公司",
            "某有限公司",
            "某某有限公司",
            "?",
            "？？？",
            "\u{200B}",
            "",
            "123456",
        ];
        for text in fillers {
            assert!(is_filler(text), "{text:?}");
            assert_eq!(key(text), "", "{text:?}");
        }
    }

    #[test]
    fn a_name_that_begins_or_ends_like_a_filler_is_a_name() {
        let names = [
            "无锡示例贸易有限公司",
            "吴无",
            "张不详",
            "公司田",
            "空海",
            "个人印象摄影店",
            "测试仪器厂",
            "王暂",
            "Null Li",
            "Nil Ma",
            "Anna",
            "Max",
            "X光示例厂",
            "某示例店",
            "李公民",
            "附件示例厂",
            "示例XXL服装店",
            "示例®店",
            "略阳示例店",
            "未知数示例店",
            "示例（无锡）店",
            "10号示例店",
            "买买提·吐尔逊",
        ];
        for name in names {
            assert!(!is_filler(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(name in any::<String>()) {
            let once = form(&name);
            prop_assert_eq!(form(&once), once);
        }

        #[test]
        fn the_short_way_comes_to_the_same_form(name in "[\u{4E00}-\u{9FA5}a-zA-Z0-9 ()（）·\u{3000}]{0,12}") {
            prop_assert_eq!(plain_form(&name), Some(any_form(&name)));
        }

        #[test]
        fn the_first_look_says_what_the_second_would(
            form in "[\u{4E00}-\u{9FA5}0-9()某无不详]{0,9}",
            word in prop::sample::select(NO_NAMES),
        ) {
            for form in [form.as_str(), word, &format!("({word})"), &format!("{word}1")] {
                prop_assert!(!(plainly_names(form) && stands_for_nobody(form)), "{}", form);
            }
        }

        #[test]
        fn marks_and_blanks_never_make_another_name(
            name in "[\u{4E00}-\u{9FA5}A-Za-z]{1,8}",
            mark in prop::sample::select(vec!["\u{200B}", "\u{202E}", "\u{FEFF}", "\u{FE0F}", " ", "\u{A0}", "\u{3164}", "\u{E0101}"]),
            at in 0_usize..8,
        ) {
            let place = name.char_indices().map(|(index, _)| index).nth(at).unwrap_or(name.len());
            let (before, after) = name.split_at(place);
            prop_assert_eq!(key(&[before, mark, after].concat()), key(&name));
        }
    }
}
