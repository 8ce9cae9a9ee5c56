// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright the libprof authors
'use strict';
const fs = require('fs');
const path = require('path');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');
const settings = require('./settings');

const PACKAGE = 'opentelemetry.proto.collector.profiles.v1development';

// Field numbers that changed between releases under one package name.
const OLD_SAMPLE = { attribute_indices: 3, link_index: 4, values: 2 };
const LAYOUTS = {
  1.11: {},
  '1.10': {},
  1.9: { Sample: OLD_SAMPLE },
  1.8: {
    Sample: OLD_SAMPLE,
    Profile: {
      profile_id: 8,
      dropped_attributes_count: 9,
      original_payload_format: 10,
      original_payload: 11,
      attribute_indices: 12,
    },
  },
};

function readSchema(layout, keepCase) {
  const text = fs.readFileSync(path.join(__dirname, 'profiles_service.proto'), 'utf8');
  const schema = protobuf.parse(text, { keepCase: true }).root.toJSON();
  let messages = schema.nested;
  for (const name of PACKAGE.split('.')) messages = messages[name].nested;
  for (const [message, numbers] of Object.entries(LAYOUTS[layout]))
    for (const [field, id] of Object.entries(numbers)) messages[message].fields[field].id = id;
  return keepCase ? schema : renameFields(schema);
}

const toCamelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// As JSON spells them.
function renameFields(schema) {
  const renamed = structuredClone(schema);
  const visit = (namespace) => {
    for (const item of Object.values(namespace.nested || {})) visit(item);
    if (!namespace.fields) return;
    namespace.fields = Object.fromEntries(
      Object.entries(namespace.fields).map(([name, field]) => [toCamelCase(name), field]),
    );
    for (const oneof of Object.values(namespace.oneofs || {}))
      oneof.oneof = oneof.oneof.map(toCamelCase);
  };
  visit(renamed);
  return renamed;
}

// The types of google.rpc.Status and of what it may carry.
const rpc = protobuf.parse(`
  syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`, { keepCase: true }).root;
const Status = rpc.lookupType('google.rpc.Status');
const RetryInfo = rpc.lookupType('google.rpc.RetryInfo');

function encodeStatus(code, message, retryMs) {
  const details = [];
  if (retryMs !== undefined) {
    const delay = { seconds: Math.floor(retryMs / 1000), nanos: (retryMs % 1000) * 1e6 };
    const value = RetryInfo.encode(RetryInfo.create({ retry_delay: delay })).finish();
    details.push({ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value });
  }
  return Buffer.from(Status.encode(Status.create({ code, message, details })).finish());
}

const BYTES = 2;

function getWireType(field) {
  if (field.resolvedType) return BYTES;
  return protobuf.types.basic[field.type];
}

// A Collector refuses numbers that come as another wire type; protobufjs reads anything.
function checkWireTypes(type, bytes) {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = type.fieldsById[tag >>> 3];
    if (field) {
      const isPacked = field.repeated && wireType === BYTES;
      if (wireType !== getWireType(field.resolve()) && !isPacked) {
        const name = field.name[0].toUpperCase() + toCamelCase(field.name).slice(1);
        throw new Error(`proto: wrong wireType = ${wireType} for field ${name}`);
      }
    }
    if (field && field.resolvedType instanceof protobuf.Type && wireType === BYTES)
      checkWireTypes(field.resolvedType, reader.bytes());
    else reader.skipType(wireType);
  }
}

const schema = readSchema(settings.layout, true);
const options = { keepCase: true, longs: String, enums: String };
const service = loader.fromJSON(schema, options)[`${PACKAGE}.ProfilesService`];
const Request = protobuf.Root.fromJSON(schema).lookupType(
  `${PACKAGE}.ExportProfilesServiceRequest`,
);
const JsonRequest = protobuf.Root.fromJSON(readSchema(settings.layout, false)).lookupType(
  `${PACKAGE}.ExportProfilesServiceRequest`,
);

function decodeRequest(bytes) {
  checkWireTypes(Request, bytes);
  return service.Export.requestDeserialize(bytes);
}

const isId = (key) => ['traceId', 'spanId', 'profileId'].includes(key);

// JSON has these as hex where protobufjs wants base64.
function convertIds(value) {
  if (Array.isArray(value)) return value.map(convertIds);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isId(key) ? Buffer.from(item, 'hex').toString('base64') : convertIds(item),
    ]),
  );
}

function encodeJsonRequest(text) {
  const request = JsonRequest.fromObject(convertIds(JSON.parse(text)));
  return Buffer.from(JsonRequest.encode(request).finish());
}

module.exports = { service, decodeRequest, encodeJsonRequest, encodeStatus };
