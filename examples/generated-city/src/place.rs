//! The made-up places and departments.

/// A county or district of the city.
#[derive(Debug, Clone, Copy)]
pub struct County {
    /// Administrative division: of the area 3799, which GB/T 2260 does not assign.
    pub division: &'static str,
    /// Name.
    pub name: &'static str,
}

/// Division of the city itself.
pub const CITY: &str = "379900";
/// Name of the city.
pub const CITY_NAME: &str = "示例市";

/// The seven counties.
pub const COUNTIES: [County; 7] = [
    County { division: "379901", name: "示例区" },
    County { division: "379902", name: "示例甲区" },
    County { division: "379903", name: "示例乙区" },
    County { division: "379904", name: "示例丙县" },
    County { division: "379905", name: "示例丁县" },
    County { division: "379906", name: "示例戊县" },
    County { division: "379907", name: "示例己县" },
];

/// Division and name of a place: 0 is the city, 1 to 7 its counties.
pub(crate) fn place(number: u64) -> (&'static str, &'static str) {
    match number % 8 {
        0 => (CITY, CITY_NAME),
        county => {
            let county = COUNTIES[county as usize - 1];
            (county.division, county.name)
        }
    }
}

/// A department that decides on items.
#[derive(Debug, Clone, Copy)]
pub struct Department {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Section that carries out measures.
    pub section: &'static str,
    /// Plug-in its bindings name.
    pub plugin: &'static str,
    /// What its items are about, for their names.
    pub subjects: &'static [&'static str],
}

/// The eleven units of the city; the first three are those of the example city,
/// with its plug-ins.
pub const DEPARTMENTS: [Department; 11] = [
    Department {
        code: "market-regulation",
        name: "示例市市场监督管理局",
        section: "行政许可科",
        plugin: "market-registration",
        subjects: &["食品经营", "食品生产", "药品零售", "特种设备", "计量器具", "企业登记"],
    },
    Department {
        code: "housing-construction",
        name: "示例市住房和城乡建设局",
        section: "建筑市场监管科",
        plugin: "construction-permit",
        subjects: &["建筑工程施工", "建筑业企业资质", "商品房预售", "燃气经营", "城镇排水"],
    },
    Department {
        code: "government-procurement",
        name: "示例市财政局",
        section: "政府采购监管科",
        plugin: "public-procurement",
        subjects: &["政府采购供应商", "财政补贴资金", "政府采购代理机构", "代理记账"],
    },
    Department {
        code: "human-resources",
        name: "示例市人力资源和社会保障局",
        section: "劳动关系科",
        plugin: "human-resources-rules",
        subjects: &["劳务派遣", "人力资源服务", "民办职业培训", "就业补助资金"],
    },
    Department {
        code: "ecology-environment",
        name: "示例市生态环境局",
        section: "环评科",
        plugin: "ecology-environment-rules",
        subjects: &["排污", "危险废物经营", "建设项目环境影响评价", "辐射安全"],
    },
    Department {
        code: "transport",
        name: "示例市交通运输局",
        section: "运输管理科",
        plugin: "transport-rules",
        subjects: &["道路旅客运输", "道路货物运输", "港口经营", "机动车维修", "公路建设项目"],
    },
    Department {
        code: "natural-resources",
        name: "示例市自然资源和规划局",
        section: "用途管制科",
        plugin: "natural-resources-rules",
        subjects: &["建设用地规划", "建设工程规划", "采矿权", "测绘资质", "林木采伐"],
    },
    Department {
        code: "health",
        name: "示例市卫生健康委员会",
        section: "医政科",
        plugin: "health-rules",
        subjects: &["医疗机构执业", "公共场所卫生", "放射诊疗", "饮用水供水单位"],
    },
    Department {
        code: "culture-tourism",
        name: "示例市文化和旅游局",
        section: "市场管理科",
        plugin: "culture-tourism-rules",
        subjects: &["娱乐场所", "营业性演出", "旅行社经营", "互联网上网服务", "艺术品经营"],
    },
    Department {
        code: "education",
        name: "示例市教育局",
        section: "民办教育科",
        plugin: "education-rules",
        subjects: &["民办学校办学", "校外培训机构", "教师资格", "校车使用"],
    },
    Department {
        code: "emergency-management",
        name: "示例市应急管理局",
        section: "危化品监管科",
        plugin: "emergency-management-rules",
        subjects: &["危险化学品经营", "烟花爆竹经营", "安全生产", "非煤矿山"],
    },
];
