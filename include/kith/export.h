/* SPDX-License-Identifier: Apache-2.0 */
/* Marks what libkith exports; everything else in the library is hidden. */
#ifndef KITH_EXPORT_H
#define KITH_EXPORT_H

#if defined(__GNUC__)
#define KITH_API          __attribute__((visibility("default")))
#define KITH_NODISCARD    __attribute__((warn_unused_result))
#define KITH_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define KITH_API
#define KITH_NODISCARD
#define KITH_PRINTF(a, b)
#endif

#endif
