# SPDX-License-Identifier: Apache-2.0
# kith.cdx.json: the libraries that were found and are linked, as CycloneDX 1.5. It holds no time and
# no place, so that the same build gives the same bytes.
function(kith_sbom)
  # CMake's prefix, name, licence, who links it
  set(table
    SODIUM libsodium ISC "kith,kith-unpack,kith-agent"
    YAML libyaml MIT kith
    CJSON cJSON MIT kith
    ARGON2 libargon2 "Apache-2.0 OR CC0-1.0" kith
    NETTLE nettle "LGPL-3.0-or-later OR GPL-2.0-or-later" "kith,kith-unpack"
    GIT2 libgit2 "GPL-2.0-only WITH GCC-exception-2.0" kith-git
    CURL libcurl curl kith-git
    ARCHIVE libarchive BSD-2-Clause kith-unpack)
  set(components "")
  set(names kith kith-git kith-unpack kith-agent)
  list(LENGTH table n)
  math(EXPR last "${n} - 1")
  foreach(i RANGE 0 ${last} 4)
    list(SUBLIST table ${i} 4 row)
    list(POP_FRONT row var name licence users)
    string(REPLACE "," ";" users "${users}")
    set(ref "pkg:generic/${name}@${${var}_VERSION}")
    foreach(user ${users})
      list(APPEND refs_${user} "\"${ref}\"")
    endforeach()
    string(APPEND components ",
    {
      \"type\": \"library\",
      \"bom-ref\": \"${ref}\",
      \"name\": \"${name}\",
      \"version\": \"${${var}_VERSION}\",
      \"purl\": \"${ref}\",
      \"licenses\": [{\"expression\": \"${licence}\"}]
    }")
  endforeach()
  set(programs "")
  set(depends "")
  foreach(program ${names})
    string(APPEND programs ",
    {
      \"type\": \"application\",
      \"bom-ref\": \"program:${program}\",
      \"name\": \"${program}\",
      \"version\": \"${PROJECT_VERSION}\",
      \"licenses\": [{\"expression\": \"Apache-2.0\"}]
    }")
    set(refs ${refs_${program}})
    list(SORT refs)
    list(JOIN refs ", " refs)
    string(APPEND depends ",
    {\"ref\": \"program:${program}\", \"dependsOn\": [${refs}]}")
  endforeach()
  string(APPEND components "${programs}")
  string(SUBSTRING "${components}" 1 -1 components)
  file(WRITE ${CMAKE_BINARY_DIR}/kith.cdx.json "{
  \"bomFormat\": \"CycloneDX\",
  \"specVersion\": \"1.5\",
  \"version\": 1,
  \"metadata\": {
    \"component\": {
      \"type\": \"application\",
      \"bom-ref\": \"pkg:generic/kith@${PROJECT_VERSION}\",
      \"name\": \"kith\",
      \"version\": \"${PROJECT_VERSION}\",
      \"purl\": \"pkg:generic/kith@${PROJECT_VERSION}\",
      \"licenses\": [{\"expression\": \"Apache-2.0\"}]
    }
  },
  \"components\": [${components}
  ],
  \"dependencies\": [
    {\"ref\": \"pkg:generic/kith@${PROJECT_VERSION}\", \"dependsOn\": [\"program:kith\", \"program:kith-agent\", \"program:kith-git\", \"program:kith-unpack\"]}${depends}
  ]
}
")
endfunction()
kith_sbom()
install(FILES ${CMAKE_BINARY_DIR}/kith.cdx.json DESTINATION ${CMAKE_INSTALL_DOCDIR})
