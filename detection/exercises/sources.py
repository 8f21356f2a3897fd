"""Who describes the exercises: what the table cites, each once.

"n.d.": a page without a date of its own. Nothing is copied from them; the sentences of the table
are ours.
"""

AAOS_BACK = (
    "American Academy of Orthopaedic Surgeons: Low Back Pain Exercise Guide. OrthoInfo, n.d."
)
AAOS_SPINE = "American Academy of Orthopaedic Surgeons: Spine Conditioning Program. OrthoInfo, n.d."
AAOS_KNEE = "American Academy of Orthopaedic Surgeons: Knee Conditioning Program. OrthoInfo, 2017."
AAOS_ABDUCTION = (
    "American Academy of Orthopaedic Surgeons: Hip Conditioning Program, hip abduction. "
    "OrthoInfo, n.d."
)
ACE_LIBRARY = "American Council on Exercise: Exercise Library. n.d."
BENNELL = (
    "Bennell et al.: Addition of telephone coaching to a physiotherapist-delivered physical "
    "activity program in people with knee osteoarthritis. BMC Musculoskeletal Disorders 13:246, "
    "2012."
)
BOURNEMOUTH = (
    "Bournemouth University, SportBU: Exercises to strengthen your core and low back. n.d."
)
BU_SQUAT = "Boston University, ENACT: Exercise and arthritis, exercise 1: the squat. n.d."
BU_KNEE_FLEXION = "Boston University, ENACT: Exercise and arthritis, exercise 4: knee flexion. n.d."
CALLAGHAN = (
    "Callaghan, Gunning, McGill: The relationship between lumbar spine load and muscle activity "
    "during extensor exercises. Physical Therapy 78(1):8-18, 1998."
)
CDC_CHAIR_RISE = "Centers for Disease Control and Prevention, STEADI: Chair Rise Exercise. 2017."
GROWING_STRONGER = (
    "Seguin, Epping, Buchner, Bloch, Nelson: Growing Stronger, Strength Training for Older Adults. "
    "Tufts University and CDC, 2002."
)
HEALTHWISE_BIRD_DOG = "Healthwise: Alternate Arm and Leg (Bird Dog) Exercise. n.d."
HEALTHWISE_BRIDGING = "Healthwise: Bridging. 2022."
HEALTHWISE_CURL = "Healthwise: Hamstring Curl (Lying Down). 2023."
HEALTHWISE_HAMSTRING = "Healthwise: Hamstring Stretch in a Doorway. 2024."
HEALTHWISE_PRESS_UP = "Healthwise: Press-Up Back Extensions. 2024."
HEALTHWISE_STEP_UP = "Healthwise: How to Do Step-Up and Step-Down Exercises. n.d."
KLIKA = (
    "Klika, Jordan: High-Intensity Circuit Training Using Body Weight. ACSM's Health & Fitness "
    "Journal 17(3):8-13, 2013."
)
KRITZ = (
    "Kritz, Cronin, Hume: Using the Body Weight Forward Lunge to Screen an Athlete's Lunge "
    "Pattern. Strength and Conditioning Journal 31(6), 2009."
)
MAYO_BACK = "Mayo Clinic: Back exercises in 15 minutes a day. n.d."
MAYO_BIRD_DOG = "Mayo Clinic: Build back strength as you balance in bird dog. n.d."
MAYO_SQUAT = "Mayo Clinic: Squat exercise. n.d."
MD_HEALTH_HINGE = "MD Health: Hip hinge, exercise sheet. n.d."
MEX = (
    "Wijekoon, Wiratunga, Cooper: MEx, Multi-modal Exercise Dataset, and the sheet of exercises "
    "its subjects were given. IEEE DataPort, 2019."
)
MSD_BRIDGING = "MSD Manual, Consumer Version: Bridging. 2023."
MSD_CLAM = (
    "MSD Manual, Consumer Version: Side-Lying Hip External Rotation (Clamshell Exercise). 2023."
)
MSD_HAMSTRING = "MSD Manual, Consumer Version: Supine Active Hamstring Stretch. 2023."
MSD_KNEE_FLEXION = "MSD Manual, Professional Version: Prone Resisted Knee Flexion. 2023."
MSD_PRONE_HIP = "MSD Manual, Consumer Version: Prone Hip Extension. 2023."
MSD_SQUATS = "MSD Manual, Consumer Version: Squats. 2023."
NHS_BACK = "NHS: Lower back pain exercises. 2019."
NHS_STRENGTH = "NHS: Strength exercises. n.d."
NHS_TAYSIDE = "NHS Tayside: Exercises to try at home, the super six. n.d."
OHIO_CORE = "Ohio Sports and Spine: Exercises for abdominal and core strength. n.d."
PROKINESIS = "Prokinesis: Exercise of the Week, Dead Bug. n.d."
VERSUS_ARTHRITIS = "Versus Arthritis: Exercises for the back. n.d."
