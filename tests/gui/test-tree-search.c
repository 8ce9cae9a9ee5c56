/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "../layout/flame-profile.h"
#include "model/tree-search.h"

/* The tree, by the greatest total: main { b { leaf, a { leaf } }, a }. */
static const FlameSample samples[] = {
  { "main;a", 1 },
  { "main;b;a;leaf", 10 },
  { "main;b;leaf", 20 },
  { NULL, 0 },
};

typedef struct {
  PyroReport *report;
  const ProfReportNode *nodes;
} Tree;

static void
take_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static int
set_up (void **state)
{
  ProfProfile *profile = make_flame_profile (samples);
  g_autoptr (GAsyncResult) result = NULL;
  Tree *tree = g_new0 (Tree, 1);
  tree->report = pyro_report_new (profile, 0, NULL);
  prof_profile_unref (profile);
  pyro_report_load_tree_async (tree->report, PROF_TREE_TOP_DOWN, NULL, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  tree->nodes = pyro_report_load_tree_finish (tree->report, result, NULL);
  *state = tree;
  return tree->nodes != NULL ? 0 : -1;
}

static int
tear_down (void **state)
{
  Tree *tree = *state;
  g_object_unref (tree->report);
  g_free (tree);
  return 0;
}

static PyroTreeSearch *
search_for (const Tree *tree, const char *text)
{
  g_autoptr (PyroSearch) search = pyro_search_new (text, NULL);
  return pyro_tree_search_new (tree->report, tree->nodes, search);
}

/* A node as its stack. */
static void
assert_stack (const Tree *tree, guint32 node, const char *expected)
{
  size_t n_functions;
  const ProfReportFunction *functions = pyro_report_get_functions (tree->report, &n_functions);
  g_autoptr (GString) stack = g_string_new (NULL);
  for (guint32 at = node; at != 0; at = tree->nodes[at].parent) {
    g_string_prepend (stack, functions[tree->nodes[at].function].name);
    g_string_prepend_c (stack, ';');
  }
  assert_string_equal (stack->str, expected);
}

static void
matches_come_in_the_order_of_the_open_tree (void **state)
{
  const Tree *tree = *state;
  static const char *const order[] = { ";main;b;leaf", ";main;b;a", ";main;b;a;leaf", ";main;a" };
  g_autoptr (PyroTreeSearch) search = search_for (tree, "^(a|leaf)$");
  assert_int_equal (pyro_tree_search_get_n_matches (search), 4);
  guint32 node = 0;
  for (guint i = 0; i < 8; i++) {
    node = pyro_tree_search_step (search, node, 1);
    assert_stack (tree, node, order[i % 4]);
  }
  for (guint i = 8; i-- > 1;) {
    node = pyro_tree_search_step (search, node, -1);
    assert_stack (tree, node, order[(i - 1) % 4]);
  }
}

static void
before_the_first_comes_the_last (void **state)
{
  const Tree *tree = *state;
  g_autoptr (PyroTreeSearch) search = search_for (tree, "a$");
  assert_stack (tree, pyro_tree_search_step (search, 0, -1), ";main;a");
}

static void
a_single_match_leads_to_itself (void **state)
{
  const Tree *tree = *state;
  g_autoptr (PyroTreeSearch) search = search_for (tree, "^b$");
  guint32 node = pyro_tree_search_step (search, 0, 1);
  assert_stack (tree, node, ";main;b");
  assert_int_equal (pyro_tree_search_step (search, node, 1), node);
  assert_int_equal (pyro_tree_search_step (search, node, -1), node);
}

static void
nothing_matches (void **state)
{
  g_autoptr (PyroTreeSearch) search = search_for (*state, "nobody");
  assert_int_equal (pyro_tree_search_get_n_matches (search), 0);
  assert_int_equal (pyro_tree_search_step (search, 0, 1), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (matches_come_in_the_order_of_the_open_tree),
    cmocka_unit_test (before_the_first_comes_the_last),
    cmocka_unit_test (a_single_match_leads_to_itself),
    cmocka_unit_test (nothing_matches),
  };
  return cmocka_run_group_tests (tests, set_up, tear_down);
}
