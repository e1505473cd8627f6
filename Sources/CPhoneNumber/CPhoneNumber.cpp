// SPDX-License-Identifier: Apache-2.0
#include "CPhoneNumber.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
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

int read(const std::string &text, const std::string &region, char *output, size_t capacity) {
    const PhoneNumberUtil &library = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (library.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return cdr24_phone_impossible;
    if (library.IsPossibleNumber(number)) {
        std::string formatted;
        library.Format(number, PhoneNumberUtil::E164, &formatted);
        return copy_out(formatted, cdr24_phone_number, output, capacity);
    }
    if (region != "ZZ" && short_numbers().IsValidShortNumberForRegion(number, region)) {
        return copy_out(text, cdr24_phone_short, output, capacity);
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
