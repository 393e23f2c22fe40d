/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of cargo-vet files that several tests read. */
#ifndef KITH_VET_TEXT_H
#define KITH_VET_TEXT_H

#define VET_CONFIG  "\n# cargo-vet config file\n\n[cargo-vet]\nversion = \"0.10\"\n"
#define VET_AUDITS  "\n# cargo-vet audits file\n"
#define VET_IMPORTS "\n# cargo-vet imports lock\n"

/* Everything that an audits file may hold. */
#define VET_FULL_SET                                                                               \
	VET_AUDITS                                                                                 \
	"\n[criteria.careful]\ndescription = \"two people\"\nimplies = \"safe-to-deploy\"\n"       \
	"\n[criteria.quick]\ndescription-url = \"https://example.invalid/quick\"\n"                \
	"aggregated-from = \"https://example.invalid/other\"\n"                                    \
	"\n[[wildcard-audits.w]]\nwho = \"Ada\"\ncriteria = \"safe-to-deploy\"\nuser-id = 7\n"     \
	"start = \"2023-01-01\"\nend = \"2024-06-30\"\nrenew = false\nnotes = \"mine\"\n"          \
	"\n[[audits.a]]\nwho = [\n    \"Ada Lovelace, who computes on paper\",\n"                  \
	"    \"Grace Hopper, who compiles on ships\",\n]\ncriteria = [\"careful\", \"quick\"]\n"   \
	"version = \"1.0.0\"\n"                                                                    \
	"\n[[audits.a]]\ncriteria = \"safe-to-run\"\ndelta = \"1.0.0 -> 1.1.0@git:"                \
	"00112233445566778899aabbccddeeff00112233\"\nimportable = false\n"                         \
	"\n[[audits.a]]\ncriteria = []\nversion = \"0.9.0\"\n"                                     \
	"\n[[audits.b]]\ncriteria = \"safe-to-deploy\"\nviolation = \">=1, <1.4\"\nnotes = "       \
	"\"\"\"\nit \"phones\"\nhome\"\"\"\naggregated-from = [\"https://x/#a\", \"https://y\"]\n" \
	"\n[[trusted.t]]\ncriteria = \"safe-to-deploy\"\n"                                         \
	"trusted-publisher = \"github:t/t\"\nstart = \"2023-01-01\"\nend = \"2024-01-01\"\n"

#endif
