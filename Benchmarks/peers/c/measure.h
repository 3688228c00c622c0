// What the programs in C share: reading the material, and answering the runner (the exchange is in ../README.md).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ISSUER "https://idp.example/realms/production"
#define SUBJECT "3f1c2a54-9b7e-4d53-8f5e-1f0a6f7b2c11"
#define AUDIENCE "https://api.example/orders"
#define TOKEN_ID "b7a0c9f2-51d4-4f0f-9d43-0a6cfd9a7e21"
#define SCOPE "orders:read orders:write invoices:read invoices:write customers:read tickets:read profile email offline_access"
#define KEY_ID "benchmark-2026"

typedef struct {
    char *bytes;
    size_t length;
} Text;

/// A file of one algorithm's folder; ends with a zero byte that is not counted. Empty where there is no such file.
static inline Text read_material(const char *folder, const char *alg, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s", folder, alg, name);
    Text text = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file) return text;
    text.bytes = malloc(1 << 16);
    text.length = fread(text.bytes, 1, (1 << 16) - 1, file);
    text.bytes[text.length] = 0;
    fclose(file);
    return text;
}

/// One thing that can be measured: returns whether it did what it should.
typedef struct {
    const char *name;
    char alg[16];
    char op[8];
    bool (*work)(void *context);
    void *context;
    long batch;
} Row;

static Row rows[128];
static int row_count = 0;

static inline double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/// Offers a row, if its work does what it should once.
static inline void offer(const char *name, const char *alg, const char *op, bool (*work)(void *), void *context) {
    if (!work(context)) {
        printf("fails %s %s %s\n", name, alg, op);
        return;
    }
    Row *row = &rows[row_count++];
    row->name = name, row->work = work, row->context = context, row->batch = 0;
    snprintf(row->alg, sizeof row->alg, "%s", alg);
    snprintf(row->op, sizeof row->op, "%s", op);
    printf("can %s %s %s\n", name, alg, op);
}

static inline double time_batch(Row *row, long batch) {
    double start = seconds_now();
    for (long index = 0; index < batch; index++)
        if (!row->work(row->context)) exit(3);
    return seconds_now() - start;
}

static inline double measure(Row *row, double seconds) {
    if (row->batch == 0) {
        long batch = 1;
        while (time_batch(row, batch) < 0.002) batch *= 2;
        row->batch = batch;
    }
    long done = 0;
    double spent = 0;
    while (spent < seconds) {
        spent += time_batch(row, row->batch);
        done += row->batch;
    }
    return (double)done / spent;
}

/// Answers questions until the input ends.
static inline int answer(void) {
    printf("ready\n");
    fflush(stdout);
    char name[32], alg[16], op[8];
    double seconds;
    while (scanf("%31s %15s %7s %lf", name, alg, op, &seconds) == 4) {
        for (int index = 0; index < row_count; index++) {
            Row *row = &rows[index];
            if (strcmp(row->name, name) || strcmp(row->alg, alg) || strcmp(row->op, op)) continue;
            printf("%s %s %s %.1f\n", name, alg, op, measure(row, seconds));
            fflush(stdout);
        }
    }
    return 0;
}
