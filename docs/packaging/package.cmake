# SPDX-License-Identifier: Apache-2.0
# The Debian package: `./dev package`, or cpack -G DEB in a build folder that was configured with
# -DCMAKE_INSTALL_PREFIX=/usr -DKITH_ZSH_DIR=share/zsh/vendor-completions.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kith)
set(CPACK_PACKAGE_VENDOR "kith")
set(CPACK_PACKAGE_CONTACT "The authors of kith <kith@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tell whether somebody trusted has reviewed your dependencies")
set(CPACK_PACKAGE_DESCRIPTION
"People sign reviews of packages and publish them in git repositories; they
also sign whom they trust. kith fetches those repositories, works out how far
each author is trusted, counts audit sets of cargo-vet and security advisories
beside them, and tells for every dependency of a project whether somebody
trusted has approved exactly these bytes.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/triggers
  ${CMAKE_CURRENT_LIST_DIR}/shlibs)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, man-db")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cargo, git, openssh-client")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/prepare.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
