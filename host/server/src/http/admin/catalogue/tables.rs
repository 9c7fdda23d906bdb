//! The parts of an edition as sheets, headed in Chinese: codes of other parts are
//! shown with the names they stand for.

use std::collections::HashMap;

use creditgate_credit::catalogue::{
    Catalogue, CatalogueItem, CatalogueMeasure, Direction, Nature, NonDisclosure,
};
use creditgate_credit::vocabulary;
use jiff::civil::Date;

use crate::sheets::{Cell, Sheet};

vocabulary! {
    /// A part of an edition.
    pub(super) enum Part {
        Measures = "measures",
        Items = "items",
        KeyItems = "key_items",
        PowerItems = "power_items",
        Memoranda = "memoranda",
        Categories = "categories",
        Bases = "bases",
    }
}

impl Part {
    /// Name of its sheet.
    const fn title(self) -> &'static str {
        match self {
            Self::Measures => "奖惩措施清单",
            Self::Items => "事项目录",
            Self::KeyItems => "重点事项",
            Self::PowerItems => "权责事项",
            Self::Memoranda => "合作备忘录",
            Self::Categories => "措施类别",
            Self::Bases => "法律依据",
        }
    }

    const fn titles(self) -> &'static [&'static str] {
        match self {
            Self::Measures => &[
                "措施代码",
                "措施类别",
                "措施性质",
                "措施内容",
                "奖惩方向",
                "奖惩对象",
                "权责事项",
                "责任科室",
                "法律依据",
                "合作备忘录",
                "触发名单",
                "适用部门",
                "适用事项",
                "适用环节",
            ],
            Self::Items => &[
                "事项代码",
                "事项名称",
                "所属部门",
                "事项类型",
                "是否使用信用报告",
                "是否重点事项",
                "权责事项",
                "不予公开理由",
                "法定材料",
            ],
            Self::KeyItems => &["事项代码", "事项名称", "所属部门", "事项类型", "权责事项", "奖惩措施"],
            Self::PowerItems => &["权责事项代码", "权责事项名称", "所属部门", "责任科室"],
            Self::Memoranda => &["备忘录代码", "备忘录名称", "文号", "生效日期", "失效日期"],
            Self::Categories => &["类别代码", "类别名称"],
            Self::Bases => &["依据代码", "名称及条款", "施行日期", "失效日期"],
        }
    }
}

/// A part of an edition as a sheet (R66).
pub(super) fn sheet(catalogue: &Catalogue, part: Part) -> Sheet {
    let names = Names::of(catalogue);
    let rows: Vec<Vec<String>> = match part {
        Part::Measures => catalogue.measures.iter().map(|measure| names.measure(measure)).collect(),
        Part::Items => catalogue.items.iter().map(|item| names.item(item)).collect(),
        Part::KeyItems => {
            let published = catalogue.items.iter().filter(|item| item.is_published_key_item());
            published.map(|item| names.key_item(item, &catalogue.measures)).collect()
        }
        Part::PowerItems => catalogue
            .power_items
            .iter()
            .map(|it| vec![it.code.clone(), it.name.clone(), it.department.clone(), it.section.clone()])
            .collect(),
        Part::Memoranda => catalogue
            .memoranda
            .iter()
            .map(|it| {
                let [from, until] = days(it.effective_from, it.effective_until);
                vec![it.code.clone(), it.title.clone(), it.document_number.clone(), from, until]
            })
            .collect(),
        Part::Categories => {
            catalogue.categories.iter().map(|it| vec![it.code.clone(), it.name.clone()]).collect()
        }
        Part::Bases => catalogue
            .bases
            .iter()
            .map(|it| {
                let [from, until] = days(it.effective_from, it.effective_until);
                vec![it.code.clone(), it.text.clone(), from, until]
            })
            .collect(),
    };
    let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect());
    Sheet::new(part.title(), part.titles(), rows)
}

fn days(from: Date, until: Option<Date>) -> [String; 2] {
    [from.to_string(), until.map(|day| day.to_string()).unwrap_or_default()]
}

/// Names by the codes of an edition's parts.
struct Names<'a> {
    categories: HashMap<&'a str, &'a str>,
    power_items: HashMap<&'a str, &'a str>,
    memoranda: HashMap<&'a str, &'a str>,
    bases: HashMap<&'a str, &'a str>,
    items: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn of(catalogue: &'a Catalogue) -> Self {
        Self {
            categories: catalogue.categories.iter().map(|it| (&*it.code, &*it.name)).collect(),
            power_items: catalogue.power_items.iter().map(|it| (&*it.code, &*it.name)).collect(),
            memoranda: catalogue.memoranda.iter().map(|it| (&*it.code, &*it.title)).collect(),
            bases: catalogue.bases.iter().map(|it| (&*it.code, &*it.text)).collect(),
            items: catalogue.items.iter().map(|it| (&*it.code, &*it.name)).collect(),
        }
    }

    fn measure(&self, measure: &CatalogueMeasure) -> Vec<String> {
        vec![
            measure.code.clone(),
            named(&self.categories, &measure.category),
            nature(measure.nature).to_owned(),
            measure.content.clone(),
            direction(measure.direction).to_owned(),
            measure.target.clone(),
            named(&self.power_items, &measure.power_item),
            measure.section.clone(),
            named(&self.bases, &measure.basis),
            measure.memorandum.as_ref().map(|code| named(&self.memoranda, code)).unwrap_or_default(),
            measure.lists.join("、"),
            measure.departments.join("、"),
            all_named(&self.items, &measure.items),
            measure.checkpoints.join("、"),
        ]
    }

    fn item(&self, item: &CatalogueItem) -> Vec<String> {
        vec![
            item.code.clone(),
            item.name.clone(),
            item.department.clone(),
            item.kind.clone(),
            yes(item.report_required).to_owned(),
            yes(item.key_item).to_owned(),
            all_named(&self.power_items, &item.power_items),
            item.non_disclosure.map_or("", non_disclosure).to_owned(),
            self.statutory_materials(item),
        ]
    }

    fn statutory_materials(&self, item: &CatalogueItem) -> String {
        let required = item.statutory_materials.iter();
        let said: Vec<String> =
            required.map(|it| format!("{}（{}）", it.material, named(&self.bases, &it.basis))).collect();
        said.join("、")
    }

    fn key_item(&self, item: &CatalogueItem, measures: &[CatalogueMeasure]) -> Vec<String> {
        let own = measures.iter().filter(|measure| measure.applies_to(&item.department, &item.code));
        let contents: Vec<&str> = own.map(|measure| measure.content.as_str()).collect();
        vec![
            item.code.clone(),
            item.name.clone(),
            item.department.clone(),
            item.kind.clone(),
            all_named(&self.power_items, &item.power_items),
            contents.join("；"),
        ]
    }
}

fn named(names: &HashMap<&str, &str>, code: &str) -> String {
    names.get(code).copied().unwrap_or(code).to_owned()
}

fn all_named(names: &HashMap<&str, &str>, codes: &[String]) -> String {
    let found: Vec<String> = codes.iter().map(|code| named(names, code)).collect();
    found.join("、")
}

const fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::Mandatory => "强制性",
        Nature::Recommended => "推荐性",
    }
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Incentive => "激励",
        Direction::Punish => "惩戒",
    }
}

const fn non_disclosure(reason: NonDisclosure) -> &'static str {
    match reason {
        NonDisclosure::StateSecret => "涉及国家秘密",
        NonDisclosure::TradeSecret => "涉及商业秘密",
        NonDisclosure::PersonalPrivacy => "涉及个人隐私",
        NonDisclosure::OtherLawfulGround => "法律法规规定的其他情形",
    }
}

const fn yes(yes: bool) -> &'static str {
    if yes { "是" } else { "否" }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::catalogue::{CatalogueItem, NonDisclosure, PowerItem};
    use jiff::civil::date;

    use super::*;
    use crate::sheets;

    fn edition() -> Catalogue {
        let item = |code: &str, non_disclosure| CatalogueItem {
            code: code.into(),
            name: "食品经营许可".into(),
            department: "market-regulation".into(),
            kind: "licence".into(),
            report_required: false,
            key_item: true,
            power_items: vec!["p1".into()],
            non_disclosure,
            statutory_materials: Vec::new(),
        };
        let power = |code: &str, name: &str| PowerItem {
            code: code.into(),
            name: name.into(),
            department: "market-regulation".into(),
            section: "许可科".into(),
        };
        Catalogue {
            items: vec![item("public", None), item("secret", Some(NonDisclosure::StateSecret))],
            power_items: vec![power("p1", "食品经营许可核发"), power("p2", "=1+1")],
            ..Catalogue::empty("2026", date(2026, 1, 1))
        }
    }

    fn text(part: Part) -> String {
        String::from_utf8(sheets::csv(&[sheet(&edition(), part)]).unwrap()).unwrap()
    }

    #[test]
    fn r063_the_list_of_key_items_leaves_out_what_must_not_be_made_public() {
        assert_eq!(
            text(Part::KeyItems),
            "\u{feff}事项代码,事项名称,所属部门,事项类型,权责事项,奖惩措施\r\n\
             public,食品经营许可,market-regulation,licence,食品经营许可核发,\r\n"
        );
        assert!(text(Part::Items).contains("secret") && text(Part::Items).contains("涉及国家秘密"));
    }

    #[test]
    fn r066_a_table_is_headed_in_chinese_and_holds_no_formula() {
        assert!(text(Part::PowerItems).contains("\np2,'=1+1,market-regulation,许可科\r\n"));
        for part in Part::ALL {
            let Sheet { titles, rows, .. } = sheet(&edition(), *part);
            assert!(titles.iter().all(|title| !title.is_ascii()), "{part:?}");
            assert!(rows.iter().all(|row| row.len() == titles.len()), "{part:?}");
            assert_eq!(Part::from_code(part.code()), Some(*part));
        }
        let all: Vec<Sheet> = Part::ALL.iter().map(|part| sheet(&edition(), *part)).collect();
        assert!(sheets::workbook(&all).is_ok());
    }
}
