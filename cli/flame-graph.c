/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "flame-graph.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cleanup.h"
#include "flame-graph-script.h"
#include "text.h"
#include "units.h"
#include "utf8.h"

enum {
  WIDTH = 1200,
  FRAME_HEIGHT = 17,
  TITLE_HEIGHT = 40,
  CONTROLS_HEIGHT = 36,
};
static const double character_width = 7.2; /* of 12 px monospace */
static const double least_width = 0.3;     /* narrower siblings are drawn as one frame */

typedef struct {
  FILE *file;
  const FlameGraphStyle *style;
  const ProfReportFunction *functions;
  const ProfReportNode *nodes;
  size_t n_nodes;
  double *weights; /* of each node */
  double *starts;  /* the sum of the weights to the left of it */
  uint32_t *depths;
  bool *is_drawn;
  uint32_t n_levels;
  bool is_diff;
} Graph;

static inline void
graph_finish_p (Graph *graph)
{
  free (graph->weights);
  free (graph->starts);
  free (graph->depths);
  free (graph->is_drawn);
}

static double
get_pixels (const Graph *graph, double weight)
{
  return graph->weights[0] > 0 ? weight / graph->weights[0] * WIDTH : 0;
}

/* Children come after their parents. */
static void
sum_weights (Graph *graph)
{
  for (size_t i = graph->n_nodes - 1; i > 0; i--) {
    const ProfReportNode *node = &graph->nodes[i];
    graph->weights[i] += fabs ((double)node->self);
    graph->weights[node->parent] += graph->weights[i];
    graph->is_diff |= node->self < 0;
  }
}

static void
place_nodes (Graph *graph)
{
  graph->is_drawn[0] = true;
  for (size_t i = 1; i < graph->n_nodes; i++) {
    uint32_t parent = graph->nodes[i].parent;
    bool is_first = i == graph->nodes[parent].first_child;
    graph->starts[i]
        = is_first ? graph->starts[parent] : graph->starts[i - 1] + graph->weights[i - 1];
    graph->depths[i] = graph->depths[parent] + 1;
    graph->is_drawn[i]
        = graph->is_drawn[parent] && get_pixels (graph, graph->weights[i]) >= least_width;
    if (graph->is_drawn[parent] && graph->depths[i] > graph->n_levels)
      graph->n_levels = graph->depths[i];
  }
}

static int
graph_init (Graph *graph, FILE *file, ProfReport *report, const FlameGraphStyle *style)
{
  *graph = (Graph){ .file = file, .style = style };
  size_t n_functions;
  graph->functions = prof_report_get_functions (report, &n_functions);
  int r = prof_report_get_tree (report, style->direction, &graph->nodes, &graph->n_nodes);
  if (r < 0)
    return r;
  graph->weights = calloc (graph->n_nodes, sizeof *graph->weights);
  graph->starts = calloc (graph->n_nodes, sizeof *graph->starts);
  graph->depths = calloc (graph->n_nodes, sizeof *graph->depths);
  graph->is_drawn = calloc (graph->n_nodes, sizeof *graph->is_drawn);
  if (graph->weights == NULL || graph->starts == NULL || graph->depths == NULL
      || graph->is_drawn == NULL)
    return -ENOMEM;
  sum_weights (graph);
  place_nodes (graph);
  return 0;
}

/* At most `limit` characters; what XML does not allow becomes U+FFFD. */
static void
write_escaped (FILE *file, const char *text, size_t limit)
{
  for (size_t i = 0; *text != '\0' && i < limit; i++) {
    size_t n;
    const char *character = utf8_next_visible (&text, &n);
    switch (*character) {
    case '<':
      fputs ("&lt;", file);
      break;
    case '>':
      fputs ("&gt;", file);
      break;
    case '&':
      fputs ("&amp;", file);
      break;
    case '"':
      fputs ("&quot;", file);
      break;
    default:
      fwrite (character, 1, n, file);
    }
  }
}

static size_t
count_characters (const char *text)
{
  size_t n_bytes, n = 0;
  for (; *text != '\0'; n++)
    utf8_next_visible (&text, &n_bytes);
  return n;
}

static void
write_label (FILE *file, const char *name, double pixels)
{
  double room = floor ((pixels - 6) / character_width);
  if (room < 3)
    return;
  size_t n = count_characters (name);
  bool is_cut = n > (size_t)room;
  write_escaped (file, name, is_cut ? (size_t)room - 1 : n);
  if (is_cut)
    fputs ("…", file);
}

static uint32_t
hash (const char *text)
{
  uint32_t sum = 2166136261u;
  for (; *text != '\0'; text++)
    sum = (sum ^ (unsigned char)*text) * 16777619u;
  return sum ^ sum >> 15;
}

static bool
is_kernel (const char *module)
{
  size_t n = strlen (module);
  return strncmp (module, "[kernel", 7) == 0 || (n > 3 && strcmp (module + n - 3, ".ko") == 0);
}

/* Warm for programs, cold for the kernel, and the same for a function in every graph. */
static void
write_colour (const Graph *graph, size_t index)
{
  const ProfReportNode *node = &graph->nodes[index];
  const ProfReportFunction *function = &graph->functions[node->function];
  uint32_t variation = hash (function->name);
  if (graph->is_diff) {
    double change = (double)node->total / graph->weights[index];
    fprintf (graph->file, "hsl(%d,%.0f%%,%.0f%%)", change > 0 ? 5 : 215, fabs (change) * 85,
             88 - fabs (change) * 25);
  } else if (is_kernel (function->module)) {
    fprintf (graph->file, "hsl(%u,55%%,%u%%)", 195 + variation % 30, 68 + variation / 64 % 12);
  } else {
    fprintf (graph->file, "hsl(%u,85%%,%u%%)", 15 + variation % 40, 60 + variation / 64 % 15);
  }
}

static double
get_y (const Graph *graph, uint32_t depth)
{
  if (graph->style->is_icicle)
    return TITLE_HEIGHT + CONTROLS_HEIGHT + (depth - 1.0) * FRAME_HEIGHT;
  return TITLE_HEIGHT + ((double)graph->n_levels - depth) * FRAME_HEIGHT;
}

/* Opens a frame, up to the end of its first line of explanation. */
static void
begin_frame (const Graph *graph, uint32_t depth, const char *name)
{
  fprintf (graph->file, "<g class=\"f\" data-depth=\"%u\"><title>", depth - 1);
  write_escaped (graph->file, name, SIZE_MAX);
  fputc ('\n', graph->file);
}

static void
begin_rect (const Graph *graph, double start, double weight, uint32_t depth)
{
  fprintf (graph->file, "</title><rect x=\"%.3f\" y=\"%.0f\" width=\"%.3f\" height=\"%d\" fill=\"",
           get_pixels (graph, start), get_y (graph, depth), get_pixels (graph, weight),
           FRAME_HEIGHT - 1);
}

static void
end_frame (const Graph *graph, double start, double weight, uint32_t depth, const char *name)
{
  fprintf (graph->file, "\" rx=\"1.5\"/><text x=\"%.1f\" y=\"%.0f\">",
           get_pixels (graph, start) + 3, get_y (graph, depth) + 12);
  write_label (graph->file, name, get_pixels (graph, weight));
  fputs ("</text></g>\n", graph->file);
}

static void
write_frame (const Graph *graph, size_t index)
{
  const ProfReportNode *node = &graph->nodes[index];
  const ProfReportFunction *function = &graph->functions[node->function];
  begin_frame (graph, graph->depths[index], function->name);
  fprintf (graph->file, "%s, %s\n", format_value ((double)node->total, graph->style->unit).text,
           format_percent (graph->is_diff ? graph->weights[index] : (double)node->total,
                           graph->weights[0])
               .text);
  write_escaped (graph->file, function->module, SIZE_MAX);
  begin_rect (graph, graph->starts[index], graph->weights[index], graph->depths[index]);
  write_colour (graph, index);
  end_frame (graph, graph->starts[index], graph->weights[index], graph->depths[index],
             function->name);
}

/* Siblings from `first` to before `end`, each too narrow to be seen. */
static void
write_narrow_frames (const Graph *graph, size_t first, size_t end)
{
  double weight = 0;
  for (size_t i = first; i < end; i++)
    weight += graph->weights[i];
  if (get_pixels (graph, weight) < least_width)
    return;
  char name[64];
  snprintf (name, sizeof name, _ ("(%zu functions)"), end - first);
  begin_frame (graph, graph->depths[first], name);
  fprintf (graph->file, "%s, %s\n%s", format_value (weight, graph->style->unit).text,
           format_percent (weight, graph->weights[0]).text,
           _ ("too narrow to be drawn one by one"));
  begin_rect (graph, graph->starts[first], weight, graph->depths[first]);
  fputs ("#c8c8c8", graph->file);
  end_frame (graph, graph->starts[first], weight, graph->depths[first], name);
}

static void
write_frames (const Graph *graph)
{
  size_t i = 1;
  while (i < graph->n_nodes) {
    uint32_t parent = graph->nodes[i].parent;
    size_t first = i++;
    if (!graph->is_drawn[parent])
      continue;
    if (graph->is_drawn[first]) {
      write_frame (graph, first);
      continue;
    }
    while (i < graph->n_nodes && graph->nodes[i].parent == parent && !graph->is_drawn[i])
      i++;
    write_narrow_frames (graph, first, i);
  }
}

static const char head[]
    = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
      "height=\"%.0f\" data-root=\"%s\">\n"
      "<style>\n"
      "svg { background: #fff; font: 12px ui-monospace, monospace; color-scheme: light dark }\n"
      ".f { cursor: pointer; outline: none }\n"
      ".f text { pointer-events: none; fill: #111 }\n"
      ".f:hover rect, .f:focus rect { stroke: #000; stroke-width: 1.2 }\n"
      ".ancestor { opacity: 0.55 }\n"
      ".found rect { fill: #c83cdc }\n"
      ".found text { fill: #fff }\n"
      ".title { font: 16px sans-serif; text-anchor: middle }\n"
      ".matched { text-anchor: end }\n"
      ".reset { text-anchor: end; cursor: pointer; text-decoration: underline }\n"
      "input { width: 100%%; box-sizing: border-box; font: inherit }\n"
      "input:invalid { outline: 2px solid #d22 }\n"
      "@media (prefers-color-scheme: dark) {\n"
      "  svg { background: #1d1d20; fill: #eee }\n"
      "  .f:hover rect, .f:focus rect { stroke: #fff }\n"
      "}\n"
      "</style>\n";

static void
write_title (const Graph *graph, double controls_y)
{
  const FlameGraphStyle *style = graph->style;
  fprintf (graph->file, "<text class=\"title\" x=\"%d\" y=\"24\">", WIDTH / 2);
  write_escaped (graph->file, style->title, 120);
  fputs (": ", graph->file);
  write_escaped (graph->file, style->type, 60);
  fprintf (graph->file, ", %s%s</text>\n", graph->is_diff ? _ ("net change ") : "",
           format_value ((double)graph->nodes[0].total, style->unit).text);
  fprintf (graph->file,
           "<text class=\"details\" x=\"6\" y=\"%.0f\"></text>\n"
           "<text class=\"matched\" data-word=\"%s\" y=\"%.0f\"></text>\n"
           "<text class=\"reset\" y=\"%.0f\" style=\"display: none\">%s</text>\n",
           controls_y, _ ("matched"), controls_y, controls_y, _ ("reset zoom"));
}

int
write_flame_graph (FILE *file, ProfReport *report, const FlameGraphStyle *style)
{
  cleanup (graph_finish) Graph graph;
  int r = graph_init (&graph, file, report, style);
  if (r < 0)
    return r;
  double height = TITLE_HEIGHT + CONTROLS_HEIGHT + (double)graph.n_levels * FRAME_HEIGHT;
  fprintf (file, head, WIDTH, height, WIDTH, height, style->is_icicle ? "top" : "bottom");
  write_title (&graph, style->is_icicle ? TITLE_HEIGHT + 20 : height - 14);
  write_frames (&graph);
  fprintf (file, "<script><![CDATA[\n%s]]></script>\n</svg>\n", flame_graph_script);
  return 0;
}
