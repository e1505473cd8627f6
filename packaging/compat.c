// SPDX-License-Identifier: Apache-2.0
// The static libraries of Swift and Debian ask for nothing newer than glibc 2.34 but these two, which had their errno
// changed in 2.35. With the former ones the program also starts on systems with glibc 2.34, such as RHEL 9.

__asm__(".symver former_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver former_hypotf, hypotf@GLIBC_2.2.5");

double former_hypot(double x, double y);
float former_hypotf(float x, float y);

double hypot(double x, double y) { return former_hypot(x, y); }
float hypotf(float x, float y) { return former_hypotf(x, y); }
