// A sensor with Steadyrep's open profile (docs/open-profile.md): Arduino Nano 33 BLE (Sense), both
// revisions, and Seeed XIAO nRF52840 Sense. Written from the libraries' documentation; not run on
// a board yet. Choose the board by leaving one of these lines in:
#define NANO_33_BLE_REV1      // library Arduino_LSM9DS1: ±4 g, 119 Hz
// #define NANO_33_BLE_REV2   // library Arduino_BMI270_BMM150: ±4 g, 100 Hz
// #define XIAO_SENSE         // library Seeed Arduino LSM6DS3: ±16 g, 104 Hz

#include <ArduinoBLE.h>

#if defined(NANO_33_BLE_REV1)
#include <Arduino_LSM9DS1.h>
const uint16_t RATE_TENTHS_HZ = 1190;
const uint8_t RANGE_G = 4;
#elif defined(NANO_33_BLE_REV2)
#include <Arduino_BMI270_BMM150.h>
const uint16_t RATE_TENTHS_HZ = 1000;
const uint8_t RANGE_G = 4;
#else
#include <LSM6DS3.h>
#include <Wire.h>
LSM6DS3 imu(I2C_MODE, 0x6A);
const uint16_t RATE_TENTHS_HZ = 1040;
const uint8_t RANGE_G = 16;
#endif

const uint8_t STOP = 0, START = 1, OK = 0, NO_SENSOR = 2;
const int SAMPLES = 8;                 // 4 + 8 × 6 = 52 bytes: needs an MTU of 55, asked for by default
const int BYTES = 4 + 6 * SAMPLES;

BLEService service("7b1e0001-8d6f-4c52-9f0a-5d2c3a9e6b10");
BLECharacteristic control("7b1e0002-8d6f-4c52-9f0a-5d2c3a9e6b10", BLEWrite | BLEIndicate, 5);
BLECharacteristic data("7b1e0003-8d6f-4c52-9f0a-5d2c3a9e6b10", BLENotify, BYTES);

uint8_t packet[BYTES];
int filled = 0;
bool isStreaming = false, hasSensor = false;

bool beginSensor() {
#if defined(XIAO_SENSE)
  imu.settings.accelRange = RANGE_G;
  imu.settings.accelSampleRate = 104;
  return imu.begin() == 0;
#else
  return IMU.begin();
#endif
}

bool readSensor(float g[3]) {          // true when there is a new sample, in g
#if defined(XIAO_SENSE)
  uint8_t status = 0;
  imu.readRegister(&status, 0x1E);     // STATUS_REG: bit 0, a new acceleration
  if (!(status & 1)) return false;
  g[0] = imu.readFloatAccelX();
  g[1] = imu.readFloatAccelY();
  g[2] = imu.readFloatAccelZ();
  return true;
#else
  return IMU.accelerationAvailable() && IMU.readAcceleration(g[0], g[1], g[2]);
#endif
}

void put16(int at, int32_t value) {
  if (value > 32767) value = 32767;    // clipped, and told as such by what receives it
  if (value < -32768) value = -32768;
  packet[at] = value & 0xFF;
  packet[at + 1] = (value >> 8) & 0xFF;
}

void onControl(BLEDevice, BLECharacteristic written) {
  uint8_t operation = written.value()[0];
  if (operation == START && hasSensor) {
    uint8_t answer[] = {START, OK, RATE_TENTHS_HZ & 0xFF, RATE_TENTHS_HZ >> 8, RANGE_G};
    filled = 0;
    isStreaming = true;
    control.writeValue(answer, sizeof answer);
  } else {
    uint8_t answer[] = {operation, operation == START ? NO_SENSOR : OK};
    isStreaming = false;
    control.writeValue(answer, sizeof answer);
  }
}

void setup() {
  hasSensor = beginSensor();
  BLE.begin();
  BLE.setLocalName("Steadyrep leg 1");  // any name that begins with "Steadyrep "
  BLE.setAdvertisedService(service);
  service.addCharacteristic(control);
  service.addCharacteristic(data);
  BLE.addService(service);
  control.setEventHandler(BLEWritten, onControl);
  BLE.advertise();
}

void loop() {
  BLE.poll();
  if (!BLE.connected()) isStreaming = false;
  float g[3];
  if (!readSensor(g) || !isStreaming) return;
  for (int axis = 0; axis < 3; axis++)
    put16(4 + 6 * filled + 2 * axis, lroundf(g[axis] * 32768.0f / RANGE_G));
  if (++filled < SAMPLES) return;
  uint32_t now = millis();             // of the last sample in the packet
  memcpy(packet, &now, 4);             // little-endian, as the nRF52840 is
  data.writeValue(packet, BYTES);
  filled = 0;
}
