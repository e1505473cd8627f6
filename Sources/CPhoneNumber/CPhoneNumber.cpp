// SPDX-License-Identifier: Apache-2.0
#include "CPhoneNumber.h"
#include <phonenumbers/phonenumberutil.h>
extern "C" int cdr24_placeholder(void) { return i18n::phonenumbers::PhoneNumberUtil::GetInstance() != nullptr; }
