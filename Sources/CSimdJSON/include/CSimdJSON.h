#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A simdjson parser with its scratch memory; used by one thread at a time.
typedef struct csj_parser csj_parser;

/// One member of an object: where its key (between the quotes) and its value stand in the text that was parsed.
typedef struct {
    const char *key;
    const char *value;
    uint32_t key_length;
    uint32_t value_length;
} csj_field;

/// Bytes that must be readable after every text given to this parser.
enum { CSJ_PADDING = 64 };

csj_parser *csj_parser_new(void);
void csj_parser_free(csj_parser *parser);

/// Finds the members of the object that `text` holds. Returns their number; -1 with `*error` set when it is not an
/// object or not JSON; -2 when there are more than `limit`. Values are not validated inside.
int csj_object_fields(csj_parser *parser, const char *text, size_t length, csj_field *fields, int limit,
                      const char **error);

/// Validates one complete JSON value. Returns NULL or what is wrong.
const char *csj_validate(csj_parser *parser, const char *text, size_t length);

#ifdef __cplusplus
}
#endif
