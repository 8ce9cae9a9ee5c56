/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <prof/otlp.h>
#include <prof/report.h>

#include "command.h"
#include "flame-graph.h"
#include "input.h"
#include "message.h"
#include "output.h"
#include "text.h"

typedef enum { FORMAT_NONE, FORMAT_PPROF, FORMAT_OTLP, FORMAT_COLLAPSED, FORMAT_SVG } Format;

typedef struct {
  Format from, to;
  const char *type;
  bool flames, bottom_up;
  const char *title;
} ConvertOptions;

static const struct {
  const char *name;
  Format format;
} formats[] = {
  { "pprof", FORMAT_PPROF },
  { "otlp", FORMAT_OTLP },
  { "collapsed", FORMAT_COLLAPSED },
  { "svg", FORMAT_SVG },
};

static const struct {
  const char *extension;
  Format format;
} extensions[] = {
  { ".pb.gz", FORMAT_PPROF },      { ".pprof", FORMAT_PPROF },   { ".collapsed", FORMAT_COLLAPSED },
  { ".folded", FORMAT_COLLAPSED }, { ".txt", FORMAT_COLLAPSED }, { ".svg", FORMAT_SVG },
  { ".otlp", FORMAT_OTLP },
};

static int
parse_format (const char *text, void *ret)
{
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp (text, formats[i].name) == 0) {
      *(Format *)ret = formats[i].format;
      return 0;
    }
  return -EINVAL;
}

static int
parse_input_format (const char *text, void *ret)
{
  return strcmp (text, "svg") == 0 ? -EINVAL : parse_format (text, ret);
}

static const OptionType format_type = { parse_format, N_ ("pprof, otlp, collapsed or svg") };
static const OptionType input_format_type = { parse_input_format, N_ ("pprof, otlp or collapsed") };

static const Option options[] = {
  { "to", 't', &format_type, offsetof (ConvertOptions, to), "FORMAT",
    N_ ("write pprof, otlp, collapsed or svg (default: by OUT's extension: .pb.gz, .otlp, "
        ".collapsed, "
        ".folded, .txt or .svg)") },
  { "from", 'f', &input_format_type, offsetof (ConvertOptions, from), "FORMAT",
    N_ ("read pprof, otlp or collapsed (default: by what is in the file)") },
  { "type", 'T', &option_string, offsetof (ConvertOptions, type), "NAME",
    N_ ("take this sample type in place of the default one; pprof and otlp keep all") },
  { "flames", 0, &option_switch, offsetof (ConvertOptions, flames), NULL,
    N_ ("draw the graph with its root at the bottom (default: on top, where a browser begins)") },
  { "bottom-up", 'b', &option_switch, offsetof (ConvertOptions, bottom_up), NULL,
    N_ ("draw the functions that did the work first, and their callers beyond them") },
  { "title", 0, &option_string, offsetof (ConvertOptions, title), "TEXT",
    N_ ("what stands above the graph (default: the name of the file)") },
  { NULL },
};

static Format
find_format (const char *path)
{
  size_t n = strlen (path);
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    size_t n_extension = strlen (extensions[i].extension);
    if (n > n_extension && strcmp (path + n - n_extension, extensions[i].extension) == 0)
      return extensions[i].format;
  }
  return FORMAT_NONE;
}

static int
write_collapsed (const ProfProfile *profile, unsigned type, Output *output)
{
  ProfError error = PROF_ERROR_INIT;
  int r = prof_collapsed_write (profile, type, fileno (output->file), &error);
  if (r != -EFBIG)
    return r < 0 ? report_write_failure (output->path, -r) : 0;
  fail (&error); /* too much is in the profile, whatever could be written */
  return -1;
}

static int
write_svg (const ConvertOptions *chosen,
           ProfProfile *profile,
           unsigned type,
           const char *input,
           Output *output)
{
  cleanup (prof_report_free) ProfReport *report = NULL;
  ProfError error = PROF_ERROR_INIT;
  if (prof_report_new (profile, type, &report, &error) < 0) {
    fail (&error);
    return -1;
  }
  size_t n;
  const ProfValueType *types = prof_profile_get_value_types (profile, &n);
  FlameGraphStyle style = {
    .title = chosen->title != NULL ? chosen->title : input,
    .type = prof_profile_get_string (profile, types[type].type),
    .unit = prof_profile_get_string (profile, types[type].unit),
    .direction = chosen->bottom_up ? PROF_TREE_BOTTOM_UP : PROF_TREE_TOP_DOWN,
    .is_icicle = !chosen->flames,
  };
  if (write_flame_graph (output->file, report, &style) == 0)
    return 0;
  fail_out_of_memory ();
  return -1;
}

static int
write_text (const ConvertOptions *chosen,
            Format to,
            ProfProfile *profile,
            const char *input,
            const char *path)
{
  int type = choose_value_type (profile, chosen->type);
  cleanup (output_clear) Output output = { 0 };
  if (type < 0 || output_open (&output, path) < 0)
    return -1;
  int r = to == FORMAT_SVG ? write_svg (chosen, profile, (unsigned)type, input, &output)
                           : write_collapsed (profile, (unsigned)type, &output);
  return r < 0 ? r : output_commit (&output);
}

/* One request: several would each need a frame of their own. */
static int
write_request (ProfProfile *profile, FILE *file, const char *path)
{
  cleanup (prof_otlp_encoder_free) ProfOtlpEncoder *encoder = NULL;
  ProfOtlpOptions request = PROF_OTLP_OPTIONS_INIT;
  ProfError error = PROF_ERROR_INIT;
  const uint8_t *bytes;
  size_t n;
  request.has_timestamps = true;
  request.max_bytes = 0;
  if (prof_otlp_encoder_new (profile, &request, &encoder, &error) < 0) {
    fail (&error);
    return -1;
  }
  if (prof_otlp_encoder_next (encoder, &bytes, &n) < 0) {
    fail_out_of_memory ();
    return -1;
  }
  return fwrite (bytes, 1, n, file) == n ? 0 : report_write_failure (path, errno);
}

static int
write_otlp (ProfProfile *profile, const char *path)
{
  cleanup (output_clear) Output output = { 0 };
  if (output_open (&output, path) < 0 || write_request (profile, output.file, path) < 0)
    return -1;
  return output_commit (&output);
}

static int
run (void *values, char **operands, size_t n_operands)
{
  (void)n_operands;
  const ConvertOptions *chosen = values;
  Format to = chosen->to != FORMAT_NONE ? chosen->to : find_format (operands[1]);
  if (to == FORMAT_NONE)
    return usage_error ("convert", "--to is needed: the name '%s' does not say the format",
                        operands[1]);
  static const InputFormat inputs[] = {
    [FORMAT_NONE] = INPUT_ANY,
    [FORMAT_PPROF] = INPUT_PPROF,
    [FORMAT_OTLP] = INPUT_OTLP,
    [FORMAT_COLLAPSED] = INPUT_COLLAPSED,
  };
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  if (read_profile (operands[0], inputs[chosen->from], &profile) < 0)
    return STATUS_FAILURE;
  int r = to == FORMAT_PPROF  ? save_profile (profile, operands[1])
          : to == FORMAT_OTLP ? write_otlp (profile, operands[1])
                              : write_text (chosen, to, profile, operands[0], operands[1]);
  return r < 0 ? STATUS_FAILURE : STATUS_OK;
}

const Command command_convert = {
  .name = "convert",
  .summary = N_ ("make a flame graph, or collapsed stacks, or a profile of those"),
  .usage = "[OPTION]... IN OUT",
  .description
  = N_ ("Converts a profile to\n"
        "\n"
        "  svg        a flame graph for a browser: click to zoom in, / to search\n"
        "  collapsed  a line for each stack, 'root;caller;leaf 42', as many tools take it\n"
        "  pprof      the format of pprof, from collapsed stacks or a dump of a collector\n"
        "  otlp       a request as it is sent to an OpenTelemetry Collector, with times\n"
        "\n"
        "IN - is standard input and OUT - standard output. Of a profile that 'prof diff -o' "
        "made, the flame graph shows what grew in red and what shrank in blue.\n"),
  .examples = N_ ("  prof convert prof-xz.pb.gz xz.svg\n"
                  "  prof convert --to collapsed prof-xz.pb.gz - | grep malloc\n"
                  "  prof convert stacks.folded stacks.pb.gz\n"
                  "  prof convert --flames --type samples prof-xz.pb.gz xz.svg\n"),
  .options = options,
  .values_size = sizeof (ConvertOptions),
  .min_operands = 2,
  .max_operands = 2,
  .operands = N_ ("an input and an output file"),
  .run = run,
};
