// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
//
// What profiles.proto asks of a request beyond its types, as strict receivers check it.
'use strict';

const TABLES = [
  'mapping_table',
  'location_table',
  'function_table',
  'link_table',
  'string_table',
  'attribute_table',
  'stack_table',
];
const BUILD_ID = /^process\.executable\.build_id\.(gnu|go|htlhash)$/;

const isZero = (value) =>
  typeof value === 'object'
    ? Object.values(value).every((item) => item.length === 0 || isZero(item))
    : !Number(value) || value === '';

class Checker {
  constructor(request) {
    this.request = request;
    this.dictionary = request.dictionary || {};
    this.faults = [];
  }

  table(name) {
    return this.dictionary[name] || [];
  }

  expect(isRight, fault) {
    if (!isRight) this.faults.push(fault);
  }

  checkIndex(what, index = 0, name) {
    const { length } = this.table(name);
    this.expect(index >= 0 && index < length, `${what}=${index} outside ${name}[${length}]`);
  }

  getKey(attribute) {
    const row = this.table('attribute_table')[attribute] || {};
    return this.table('string_table')[row.key_strindex || 0];
  }

  checkAttributes(what, indices = []) {
    for (const index of indices) this.checkIndex(what, index, 'attribute_table');
    const keys = indices.map((index) => this.getKey(index));
    this.expect(new Set(keys).size === keys.length, `${what}: a key is there twice`);
  }

  checkTables() {
    this.expect(this.request.dictionary, 'dictionary missing');
    for (const name of TABLES) {
      const first = this.table(name)[0];
      this.expect(first !== undefined, `${name} empty`);
      this.expect(first === undefined || isZero(first), `${name}[0] is not the zero value`);
    }
    const strings = this.table('string_table');
    this.expect(new Set(strings).size === strings.length, 'string_table: a string is there twice');
  }

  checkMapping(row, i) {
    this.checkIndex(`mapping[${i}].filename`, row.filename_strindex, 'string_table');
    this.checkAttributes(`mapping[${i}]`, row.attribute_indices);
    const start = BigInt(row.memory_start || 0);
    const limit = BigInt(row.memory_limit || 0);
    this.expect((!start && !limit) || start < limit, `mapping[${i}]: start>=limit`);
    const keys = (row.attribute_indices || []).map((index) => this.getKey(index));
    this.expect(i === 0 || keys.some((key) => BUILD_ID.test(key)), `mapping[${i}]: no build id`);
  }

  checkFunction(row, i) {
    const names = ['name_strindex', 'system_name_strindex', 'filename_strindex'];
    for (const name of names) this.checkIndex(`function[${i}].${name}`, row[name], 'string_table');
    this.expect(i === 0 || names.some((name) => row[name]), `function[${i}] has no name`);
    this.expect(Number(row.start_line || 0) >= 0, `function[${i}].start_line < 0`);
  }

  checkLocation(row, i) {
    this.checkIndex(`location[${i}].mapping_index`, row.mapping_index, 'mapping_table');
    this.checkAttributes(`location[${i}]`, row.attribute_indices);
    for (const line of row.lines || []) {
      this.checkIndex(`location[${i}].function_index`, line.function_index, 'function_table');
      const isRight = Number(line.line || 0) >= 0 && Number(line.column || 0) >= 0;
      this.expect(isRight, `location[${i}]: a line or column < 0`);
    }
  }

  checkRows() {
    this.table('mapping_table').forEach((row, i) => this.checkMapping(row, i));
    this.table('function_table').forEach((row, i) => this.checkFunction(row, i));
    this.table('location_table').forEach((row, i) => this.checkLocation(row, i));
    this.table('stack_table').forEach((row, i) => {
      for (const index of row.location_indices || [])
        this.checkIndex(`stack[${i}]`, index, 'location_table');
    });
    this.table('link_table').forEach((row, i) => {
      const isRight = (row.trace_id || []).length === 16 && (row.span_id || []).length === 8;
      this.expect(i === 0 || isRight, `link[${i}]: length of an id`);
    });
    this.table('attribute_table').forEach((row, i) => {
      this.checkIndex(`attribute[${i}].key`, row.key_strindex, 'string_table');
      this.checkIndex(`attribute[${i}].unit`, row.unit_strindex, 'string_table');
      this.expect(i === 0 || row.value, `attribute[${i}] has no value`);
    });
  }

  checkSample(sample, i, profile) {
    const name = `sample[${i}]`;
    this.checkIndex(`${name}.stack_index`, sample.stack_index, 'stack_table');
    this.checkIndex(`${name}.link_index`, sample.link_index, 'link_table');
    this.checkAttributes(name, sample.attribute_indices);
    const times = sample.timestamps_unix_nano || [];
    const nValues = (sample.values || []).length;
    this.expect(nValues || times.length, `${name} has neither values nor timestamps`);
    const isPaired = !nValues || !times.length || nValues === times.length;
    this.expect(isPaired, `${name}: ${nValues} values, ${times.length} timestamps`);
    this.expect(nValues < 2 || times.length, `${name}: several values without timestamps`);
    const start = BigInt(profile.time_unix_nano || 0);
    const end = start + BigInt(profile.duration_nano || 0);
    const isInside = times.every((time) => BigInt(time) >= start && BigInt(time) < end);
    this.expect(isInside, `${name}: a timestamp outside the profile`);
  }

  checkSamples(profile) {
    const samples = profile.samples || [];
    const getShape = ({ values = [], timestamps_unix_nano: times = [] }) =>
      `${values.length > 0}${times.length > 0}`;
    const getIdentity = ({ stack_index: stack, attribute_indices: attributes, link_index: link }) =>
      JSON.stringify([stack || 0, [...(attributes || [])].sort(), link || 0]);
    samples.forEach((sample, i) => this.checkSample(sample, i, profile));
    this.expect(new Set(samples.map(getShape)).size <= 1, 'samples of several shapes');
    const nIdentities = new Set(samples.map(getIdentity)).size;
    this.expect(nIdentities === samples.length, 'two samples have one identity');
  }

  checkValueType(what, type) {
    this.expect(type, `profile without ${what}`);
    if (!type) return;
    this.checkIndex(`${what}.type`, type.type_strindex, 'string_table');
    this.checkIndex(`${what}.unit`, type.unit_strindex, 'string_table');
  }

  checkProfile(profile) {
    this.checkValueType('sample_type', profile.sample_type);
    this.checkValueType('period_type', profile.period_type);
    const { profile_id: id = [], original_payload: payload = [] } = profile;
    this.expect([0, 16].includes(id.length), `profile_id of ${id.length} bytes`);
    const hasFormat = Boolean(profile.original_payload_format);
    this.expect(hasFormat === payload.length > 0, 'original_payload and its format go together');
    this.checkAttributes('profile', profile.attribute_indices);
    this.checkSamples(profile);
  }

  checkResource(resource = {}) {
    const keys = (resource.attributes || []).map((attribute) => attribute.key);
    this.expect(keys.every(Boolean), 'resource attribute without key');
    this.expect(new Set(keys).size === keys.length, 'a resource key is there twice');
  }

  checkProfiles() {
    const resources = this.request.resource_profiles || [];
    this.expect(resources.length, 'resource_profiles empty');
    for (const { resource, scope_profiles: scopes = [] } of resources) {
      this.expect(resource, 'resource missing');
      this.checkResource(resource);
      this.expect(scopes.length, 'scope_profiles empty');
      for (const { scope, profiles = [] } of scopes) {
        this.expect(scope, 'scope missing');
        this.expect(profiles.length, 'profiles empty');
        for (const profile of profiles) this.checkProfile(profile);
      }
    }
  }
}

// Returns sentences.
module.exports = function findFaults(request) {
  const checker = new Checker(request);
  checker.checkTables();
  checker.checkRows();
  checker.checkProfiles();
  return checker.faults;
};
