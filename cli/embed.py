# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""embed.py INPUT OUTPUT NAME: writes a C file that defines the text of INPUT as the string NAME."""
import sys

path, output, name = sys.argv[1:]
with open(path, encoding='utf-8') as source, open(output, 'w', encoding='utf-8') as target:
    target.write(f'extern const char {name}[];\nconst char {name}[] =')
    for line in source:
        escaped = line.rstrip('\n').replace('\\', '\\\\').replace('"', '\\"')
        target.write(f'\n  "{escaped}\\n"')
    target.write(';\n')
