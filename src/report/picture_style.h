/* SPDX-License-Identifier: Apache-2.0 */
/* How a picture looks: colours, strokes and signs, as text that is put into the SVG as it is. */
#ifndef KITH_REPORT_PICTURE_STYLE_H
#define KITH_REPORT_PICTURE_STYLE_H

/* Every rule is about what is inside of .kith-web, so that a page can hold the picture. */
extern const char kith_report_picture_css[];
/* Arrow heads (kith-ah … by level) and signs (kith-sh … by level, -sr root, -sc contested). */
extern const char kith_report_picture_defs[];

#endif
