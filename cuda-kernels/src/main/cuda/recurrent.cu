// One step of a GRU (PyTorch's formula) and its gradient: one thread for each item and hidden unit.
#include "common.cuh"
#include "math.cuh"

// r = sigmoid(i_r + h_r), z = sigmoid(i_z + h_z), c = tanh(i_n + r h_n), y = (1 - z) c + z h;
// items that are not active keep h. gates takes r, z, c. n = batch * hidden
KERNEL gru_forward(int n, int hidden, const float* input_gates, const float* hidden_gates,
                   const float* state, const int* active, float* y, float* gates) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned b = i / hidden;
    size_t at_r = (size_t)b * 3 * hidden + i % hidden, at_z = at_r + hidden, at_c = at_z + hidden;
    float r = sigmoid(input_gates[at_r] + hidden_gates[at_r]);
    float z = sigmoid(input_gates[at_z] + hidden_gates[at_z]);
    float c = hyperbolic_tangent(fmaf(r, hidden_gates[at_c], input_gates[at_c]));
    gates[at_r] = r;
    gates[at_z] = z;
    gates[at_c] = c;
    float h = state[i];
    y[i] = active[b] ? fmaf(1.0f - z, c, z * h) : h;
}

// Gradients with respect to both kinds of gates, and the direct part of that of the state.
KERNEL gru_backward(int n, int hidden, const float* gy, const float* hidden_gates,
                    const float* state, const int* active, const float* gates, float* g_input,
                    float* g_hidden, float* g_state) {
    unsigned i = thread_number();
    if (i >= n) return;
    unsigned b = i / hidden;
    size_t at_r = (size_t)b * 3 * hidden + i % hidden, at_z = at_r + hidden, at_c = at_z + hidden;
    float r = gates[at_r], z = gates[at_z], c = gates[at_c];
    float up = gy[i];
    float g = active[b] ? up : 0.0f;
    float gc = g * (1.0f - z) * fmaf(-c, c, 1.0f);
    float gr = gc * hidden_gates[at_c] * r * (1.0f - r);
    float gz = g * (state[i] - c) * z * (1.0f - z);
    g_input[at_r] = gr;
    g_hidden[at_r] = gr;
    g_input[at_z] = gz;
    g_hidden[at_z] = gz;
    g_input[at_c] = gc;
    g_hidden[at_c] = gc * r;
    g_state[i] = active[b] ? up * z : up;
}
