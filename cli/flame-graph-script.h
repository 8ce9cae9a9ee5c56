/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#pragma once

/* flame-graph.js, made into a C string when prof is built. */
extern const char flame_graph_script[];
