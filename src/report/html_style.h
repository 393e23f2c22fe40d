/* SPDX-License-Identifier: Apache-2.0 */
/* What every page of kith's looks like and does: constant text, nobody's words. */
#ifndef KITH_REPORT_HTML_STYLE_H
#define KITH_REPORT_HTML_STYLE_H

extern const char kith_html_style[];
/* Sorting by a column and searching: a page works without it. */
extern const char kith_html_script[];

#endif
