//! What the particulars are.

use crate::value::{Address, BureauId, Day, Division, DocumentNumber, Invalid, Name, Phone, Point, Uscc, ZoneCode};

/// What an operator is (运营主体类别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatorClass {
    /// 法人及非法人组织.
    Organisation,
    /// 个体工商户: under its trade name; one without a trade name bears its trader's and is named like a natural person, 张*.
    IndividualBusiness,
    /// 自然人; the name is masked: a full name never enters the log.
    NaturalPerson,
}

impl OperatorClass {
    /// What a credit code says of whom it belongs to: department 9 and kind 2 are the individual businesses of GB 32100-2015, and natural
    /// persons have none.
    pub fn of(code: &Uscc) -> Self {
        if code.as_str().starts_with("92") { Self::IndividualBusiness } else { Self::Organisation }
    }

    /// Reads the name of an operator of this class: a natural person's only as published, 张* or 张某某.
    pub fn name(self, text: &str) -> Result<Name, Invalid> {
        match self {
            Self::Organisation | Self::IndividualBusiness => Name::parse(text),
            Self::NaturalPerson => Name::parse_masked(text),
        }
    }
}

/// What identifies an outlet to people (网点信息).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// Name of the outlet (网点名称).
    pub name: Name,
    /// Name of its operator; of a natural person as published, 张* or 张某某 (运营主体名称).
    pub operator_name: Name,
    /// Place by its statistical code: 12 digits, or the first 6 or 9 (统计用区划代码).
    pub division: Division,
    /// Administering zone, where a functional zone governs the place (功能区).
    pub zone: Option<ZoneCode>,
    /// Address down to the door, to the street where it is withheld; absent where a published list gives none (地址).
    pub address: Option<Address>,
    /// The outlet's public telephone, never a person's (公开电话).
    pub phone: Option<Phone>,
    /// Where it stands; absent where the address is withheld (位置).
    pub location: Option<Point>,
    /// Whether the public sees the place to the street only, because the address is a home (隐去详细地址).
    pub withhold_address: bool,
    /// What the operator is, where it is stated (运营主体类别).
    pub operator_class: Option<OperatorClass>,
}

/// The bureau of a place gives an outlet up that moves to another's (迁出): the two agree on it, the one by its document and the other by its act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The bureau that gives it up (迁出地单位).
    pub bureau_id: BureauId,
    /// Number of its document (迁出函文号).
    pub document_number: DocumentNumber,
    /// Day of the document (迁出日期).
    pub released_on: Day,
}

impl Particulars {
    /// Reads an address: where it is withheld because it is a home, no door number enters the log.
    pub fn address(text: &str, withheld: bool) -> Result<Address, Invalid> {
        if withheld { Address::parse_to_street(text) } else { Address::parse(text) }
    }

    /// A location, none where the address is withheld: a point on the ground is the door.
    pub fn location(location: Option<Point>, withheld: bool) -> Result<Option<Point>, Invalid> {
        if withheld && location.is_some() { Err(Invalid::LOCATION_WITHHELD) } else { Ok(location) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_goes_with_an_address_that_is_shown() {
        let point = Point::new(32_390_000, 119_410_000).unwrap();
        assert_eq!(Particulars::location(Some(point), false), Ok(Some(point)));
        assert_eq!(Particulars::location(Some(point), true), Err(Invalid::LOCATION_WITHHELD));
        assert_eq!((Particulars::location(None, true), Particulars::location(None, false)), (Ok(None), Ok(None)));
    }
}
