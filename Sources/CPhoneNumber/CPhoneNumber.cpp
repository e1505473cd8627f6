// SPDX-License-Identifier: Apache-2.0
#include "CPhoneNumber.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

int copy_out(const std::string &text, int kind, char *output, size_t capacity) {
    if (text.size() + 1 > capacity) return cdr24_phone_failure;
    std::memcpy(output, text.c_str(), text.size() + 1);
    return kind;
}

const ShortNumberInfo &short_numbers() {
    static const ShortNumberInfo instance;
    return instance;
}

bool has_usual_length(const PhoneNumberUtil &library, const PhoneNumber &number) {
    // A region may have numbers of other lengths, such as its toll-free ones: those count only where they are assigned.
    return library.IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::FIXED_LINE) ==
               PhoneNumberUtil::IS_POSSIBLE ||
           library.IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::MOBILE) == PhoneNumberUtil::IS_POSSIBLE;
}

/// Whether numbers of a region have many lengths, so that one without the prefix for other towns may be a local one.
bool is_open_plan(const PhoneNumberUtil &library, const std::string &region) {
    static std::mutex mutex;
    static std::map<std::string, bool> known;
    const std::lock_guard<std::mutex> lock(mutex);
    const auto found = known.find(region);
    if (found != known.end()) return found->second;
    int lengths = 0;
    PhoneNumber number;
    number.set_country_code(library.GetCountryCodeForRegion(region));
    unsigned long long digits = 2222;
    for (int length = 4; length <= 15; ++length, digits = digits * 10 + 2) {
        number.set_national_number(digits);
        if (library.IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::FIXED_LINE) ==
            PhoneNumberUtil::IS_POSSIBLE)
            ++lengths;
    }
    const bool is_open = lengths > 3;
    known[region] = is_open;
    return is_open;
}

/// Whether a country has numbers that begin with 0 behind its code, as Italy has.
bool has_leading_zeros(const PhoneNumberUtil &library, int country_code) {
    static std::mutex mutex;
    static std::map<int, bool> known;
    const std::lock_guard<std::mutex> lock(mutex);
    const auto found = known.find(country_code);
    if (found != known.end()) return found->second;
    std::list<std::string> regions;
    library.GetRegionCodesForCountryCallingCode(country_code, &regions);
    bool has_some = false;
    for (const std::string &region : regions) {
        for (const auto type : {PhoneNumberUtil::FIXED_LINE, PhoneNumberUtil::MOBILE}) {
            PhoneNumber example;
            has_some = has_some || (library.GetExampleNumberForType(region, type, &example) &&
                                    example.italian_leading_zero());
        }
    }
    known[country_code] = has_some;
    return has_some;
}

/// Whether a number that is written without `+` and without the prefix for abroad reaches its subscriber from outside.
bool is_national(const PhoneNumberUtil &library, const PhoneNumber &number, const std::string &text,
                 const std::string &region) {
    const bool is_valid = library.IsValidNumber(number);
    if (!is_open_plan(library, region)) return is_valid || has_usual_length(library, number);
    std::string prefix;
    library.GetNddPrefixForRegion(region, true, &prefix);
    if (prefix.empty()) return is_valid;
    std::string national;
    library.GetNationalSignificantNumber(number, &national);
    return national != text && (is_valid || has_usual_length(library, number));
}

bool is_believable(const PhoneNumberUtil &library, const PhoneNumber &number, const std::string &text,
                   const std::string &region) {
    if (library.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) return false;
    // What is left of 0 for an outside line and 00 for abroad begins with a zero, and is long enough in an open plan.
    if (number.italian_leading_zero() && !library.IsValidNumber(number) &&
        !has_leading_zeros(library, number.country_code()))
        return false;
    switch (number.country_code_source()) {
        case PhoneNumber::FROM_NUMBER_WITH_PLUS_SIGN:
        case PhoneNumber::FROM_NUMBER_WITH_IDD:
        case PhoneNumber::FROM_NUMBER_WITHOUT_PLUS_SIGN:
            return library.IsValidNumber(number) || has_usual_length(library, number);
        default:
            return is_national(library, number, text, region);
    }
}

int spell(const PhoneNumberUtil &library, const PhoneNumber &number, char *output, size_t capacity) {
    std::string formatted;
    library.Format(number, PhoneNumberUtil::E164, &formatted);
    return copy_out(formatted, cdr24_phone_number, output, capacity);
}

int read(const std::string &text, const std::string &region, char *output, size_t capacity) {
    const PhoneNumberUtil &library = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (library.ParseAndKeepRawInput(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
        return cdr24_phone_impossible;
    }
    if (is_believable(library, number, text, region)) return spell(library, number, output, capacity);
    if (text[0] == '+' || region == "ZZ") return cdr24_phone_impossible;
    if (short_numbers().IsValidShortNumberForRegion(number, region)) {
        return copy_out(text, cdr24_phone_short, output, capacity);
    }
    // Carriers of open plans write their own country's code without the plus.
    const std::string code = std::to_string(library.GetCountryCodeForRegion(region));
    if (text.size() >= 10 && text.compare(0, code.size(), code) == 0 &&
        library.Parse("+" + text, region, &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
        library.IsValidNumber(number)) {
        return spell(library, number, output, capacity);
    }
    return cdr24_phone_impossible;
}

}  // namespace

extern "C" int cdr24_phone_read(const char *text, const char *region, char *output, size_t capacity) {
    try {
        const std::string name(region);
        return read(text, name.empty() ? "ZZ" : name, output, capacity);
    } catch (...) {
        return cdr24_phone_failure;
    }
}

extern "C" int cdr24_phone_region_is_known(const char *region) {
    try {
        std::set<std::string> regions;
        PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
        return regions.count(region) != 0 ? 1 : 0;
    } catch (...) {
        return 0;
    }
}

extern "C" unsigned cdr24_phone_impossible_lengths(const char *region) {
    try {
        const PhoneNumberUtil &library = *PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        number.set_country_code(library.GetCountryCodeForRegion(region));
        if (number.country_code() == 0) return 0;
        unsigned impossible = 0;
        unsigned long long digits = 2;
        for (unsigned length = 1; length <= 15; ++length, digits = digits * 10 + 2) {
            number.set_national_number(digits);
            // Longer ones may have the prefix of a town or of a country before them.
            if (library.IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE) break;
            if (!short_numbers().IsPossibleShortNumberForRegion(number, region)) impossible |= 1u << length;
        }
        return impossible;
    } catch (...) {
        return 0;
    }
}

extern "C" int cdr24_phone_country_code(const char *region) {
    try {
        return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region);
    } catch (...) {
        return 0;
    }
}

extern "C" int cdr24_phone_is_of_region(const char *text, const char *region) {
    try {
        PhoneNumber number;
        const PhoneNumberUtil &library = *PhoneNumberUtil::GetInstance();
        if (library.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return 0;
        return library.IsValidNumberForRegion(number, region) ? 1 : 0;
    } catch (...) {
        return 0;
    }
}
