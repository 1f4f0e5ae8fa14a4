#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct cpng_reader {
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t size, position;
    uint32_t height;
};

static void remember(char *message, const char *text) {
    strncpy(message, text, CPNG_MESSAGE_SIZE - 1);
    message[CPNG_MESSAGE_SIZE - 1] = 0;
}

static void on_error(png_structp png, png_const_charp text) {
    char *message = png_get_error_ptr(png);
    if (message) remember(message, text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void pull(png_structp png, png_bytep out, size_t count) {
    cpng_reader *reader = png_get_io_ptr(png);
    if (count > reader->size - reader->position) png_error(png, "the file ends early");
    memcpy(out, reader->data + reader->position, count);
    reader->position += count;
}

static int is_little_endian(void) {
    const uint16_t one = 1;
    return *(const uint8_t *)&one;
}

static void describe_palette(cpng_reader *reader, cpng_info *info) {
    png_colorp colors = NULL;
    png_bytep alpha = NULL;
    int colors_count = 0, alpha_count = 0;
    png_get_PLTE(reader->png, reader->info, &colors, &colors_count);
    png_get_tRNS(reader->png, reader->info, &alpha, &alpha_count, NULL);
    for (int i = 0; i < colors_count && i < 256; i++) {
        info->palette[i][0] = colors[i].red;
        info->palette[i][1] = colors[i].green;
        info->palette[i][2] = colors[i].blue;
        info->palette[i][3] = i < alpha_count ? alpha[i] : 255;
    }
    info->palette_count = colors_count < 256 ? colors_count : 256;
}

cpng_reader *cpng_open(const uint8_t *data, size_t size, int as_stored, cpng_info *info) {
    cpng_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->data = data;
    reader->size = size;
    info->message[0] = 0;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, info->message, on_error, on_warning);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->info) {
        remember(info->message, "no memory");
        cpng_close(reader);
        return NULL;
    }
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) {
        cpng_close(reader);
        return NULL;
    }
    // The caller has checked the size against its limits; no chunk that is not needed is even kept.
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_read_fn(png, reader, pull);
    png_read_info(png, reader->info);

    int color_type = png_get_color_type(png, reader->info);
    int depth = png_get_bit_depth(png, reader->info);
    int has_transparency = png_get_valid(png, reader->info, PNG_INFO_tRNS) != 0;
    info->stored_depth = depth;
    info->is_palette = color_type == PNG_COLOR_TYPE_PALETTE;
    info->palette_count = 0;
    if (info->is_palette) describe_palette(reader, info);

    if (as_stored) {
        if (color_type != PNG_COLOR_TYPE_PALETTE && color_type != PNG_COLOR_TYPE_GRAY)
            png_error(png, "the file stores colours, expected palette indices or grey levels");
        png_set_packing(png);
    } else {
        if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
        if (color_type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        if (has_transparency) png_set_tRNS_to_alpha(png);
        if (color_type == PNG_COLOR_TYPE_GRAY_ALPHA || (color_type == PNG_COLOR_TYPE_GRAY && has_transparency))
            png_set_gray_to_rgb(png);
    }
    if (depth == 16 && is_little_endian()) png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);

    info->width = png_get_image_width(png, reader->info);
    info->height = reader->height = png_get_image_height(png, reader->info);
    info->channels = png_get_channels(png, reader->info);
    info->bit_depth = png_get_bit_depth(png, reader->info);
    return reader;
}

int cpng_decode(cpng_reader *reader, uint8_t *pixels, size_t row_bytes, cpng_info *info) {
    png_structp png = reader->png;
    png_bytepp rows = NULL;
    if (row_bytes < png_get_rowbytes(png, reader->info)) {
        remember(info->message, "the rows are longer than the header says");
        return 1;
    }
    rows = malloc((size_t)reader->height * sizeof *rows);
    if (!rows) {
        remember(info->message, "no memory");
        return 1;
    }
    for (uint32_t y = 0; y < reader->height; y++) rows[y] = pixels + y * row_bytes;
    if (setjmp(png_jmpbuf(png))) {
        free(rows);
        return 1;
    }
    png_read_image(png, rows);
    png_read_end(png, NULL);
    free(rows);
    return 0;
}

void cpng_close(cpng_reader *reader) {
    if (!reader) return;
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader);
}

typedef struct {
    uint8_t *bytes;
    size_t size, capacity;
} buffer;

static void push(png_structp png, png_bytep data, size_t count) {
    buffer *out = png_get_io_ptr(png);
    if (out->size + count > out->capacity) {
        size_t capacity = (out->size + count) * 2 + 4096;
        uint8_t *grown = realloc(out->bytes, capacity);
        if (!grown) png_error(png, "no memory");
        out->bytes = grown;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->size, data, count);
    out->size += count;
}

static void no_flush(png_structp png) { (void)png; }

int cpng_encode(const uint8_t *pixels, size_t row_bytes, uint32_t width, uint32_t height, int channels,
                int bit_depth, int level, uint8_t **out, size_t *out_size, char message[CPNG_MESSAGE_SIZE]) {
    buffer result = {0};
    buffer *sink = &result;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        remember(message, "no memory");
        return 1;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        free(sink->bytes);
        return 1;
    }
    int color_type = channels == 1 ? PNG_COLOR_TYPE_GRAY
                   : channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA;
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, sink, push, no_flush);
    png_set_IHDR(png, info, width, height, bit_depth, color_type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, level);
    // Trying all five filters on each row costs more than the fast levels of deflate themselves.
    png_set_filter(png, PNG_FILTER_TYPE_BASE,
                   level == 0 ? PNG_FILTER_NONE : level <= 3 ? PNG_FILTER_SUB : PNG_ALL_FILTERS);
    png_write_info(png, info);
    if (bit_depth == 16 && is_little_endian()) png_set_swap(png);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * row_bytes);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    *out = sink->bytes;
    *out_size = sink->size;
    return 0;
}
