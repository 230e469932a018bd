#pragma once

void check_rows();
void check_rotary();
void check_attention();
void check_router();
void check_combine();
void check_linear();
void check_experts();
void check_untile();
void check_argmax();
void check_mailbox();

// Bandwidth and arithmetic at real sizes; on a GPU only.
void measure_speed();
