// A door to libpng: reading and writing whole images in memory. setjmp stays behind it.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

#define CPNG_MESSAGE_SIZE 200

typedef struct {
    uint32_t width, height;
    int channels;        // of the decoded rows: 1, 3 or 4
    int bit_depth;       // of the decoded rows: 8 or 16 (native endian)
    int stored_depth;    // in the file: 1, 2, 4, 8 or 16
    int is_palette;      // whether the file stores palette indices
    int palette_count;   // entries of `palette`
    uint8_t palette[256][4];  // RGBA
    char message[CPNG_MESSAGE_SIZE];  // why the last call failed
} cpng_info;

typedef struct cpng_reader cpng_reader;

/// Opens a PNG in memory, which must outlive the reader, and describes it. Null on failure, with info->message set.
/// as_stored: rows hold palette indices or unscaled grey levels, one channel; other colour types fail.
cpng_reader *cpng_open(const uint8_t *data, size_t size, int as_stored, cpng_info *info);

/// Decodes into height rows of row_bytes each. 0 on success; otherwise info->message says why.
int cpng_decode(cpng_reader *reader, uint8_t *pixels, size_t row_bytes, cpng_info *info);

void cpng_close(cpng_reader *reader);

/// Encodes 8- or 16-bit (native endian) rows of 1, 3 or 4 channels. On success returns 0 and a buffer for free().
int cpng_encode(const uint8_t *pixels, size_t row_bytes, uint32_t width, uint32_t height, int channels,
                int bit_depth, int level, uint8_t **out, size_t *out_size, char message[CPNG_MESSAGE_SIZE]);

#endif
