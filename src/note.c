/*
 * What this binary is, for scanners of images and for core dumps: ELF package metadata
 * (https://uapi-group.org/specifications/specs/package_metadata_for_executable_files/), a note in the section
 * .note.package, loaded with the program and kept by strip. It belongs to the musl build alone.
 */
#include <elf.h>

#define METADATA                                                                                                       \
    "{\"type\":\"generic\",\"name\":\"stepdown\",\"version\":\"" STEPDOWN_VERSION                                      \
    "\",\"architecture\":\"" STEPDOWN_ARCH "\",\"purl\":\"pkg:generic/stepdown@" STEPDOWN_VERSION "\"}"

/* The owner "FDO" and the type are the specification's; the text ends at a multiple of four bytes. */
static const struct {
    Elf32_Nhdr header;
    char owner[4];
    char text[(sizeof(METADATA) + 3) / 4 * 4];
} package __attribute__((used, section(".note.package"), aligned(4))) = {
    .header = {.n_namesz = sizeof(package.owner), .n_descsz = sizeof(package.text), .n_type = 0xcafe1a7e},
    .owner = "FDO",
    .text = METADATA,
};
